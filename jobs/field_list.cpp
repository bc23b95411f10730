#include "jobs/field_list.hpp"

#include "batchmill/json_text.hpp"
#include "batchmill/url_text.hpp"

namespace batchmill::jobs {

void add_fields(const std::string& name, std::string_view value, std::vector<text_field>& out) {
  switch (json::kind_of(value)) {
    case json::kind::null:
      return;
    case json::kind::array:
      json::for_each_element(value, [&](std::string_view element) {
        add_fields(name + "[]", element, out);
        return true;
      });
      return;
    case json::kind::object:
      json::for_each_member(value, [&](std::string_view key, std::string_view member) {
        add_fields(name + "[" + json::unquote(key).value_or("") + "]", member, out);
        return true;
      });
      return;
    case json::kind::string:
      out.push_back({name, json::unquote(value).value_or("")});
      return;
    default:
      out.push_back({name, std::string(value)});
  }
}

std::string to_query(std::string_view object) {
  std::vector<text_field> fields;
  json::for_each_member(object, [&](std::string_view key, std::string_view value) {
    add_fields(json::unquote(key).value_or(""), value, fields);
    return true;
  });
  std::string query;
  for (const text_field& field : fields) {
    if (!query.empty()) query += '&';
    query += percent_encoded(field.name) + '=' + percent_encoded(field.value);
  }
  return query;
}

}  // namespace batchmill::jobs
