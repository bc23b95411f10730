#include "jobs/field_list.hpp"

#include "batchmill/json_text.hpp"

namespace batchmill::jobs {

namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || json::detail::is_digit(c) ||
         std::string_view("-._~").find(c) != std::string_view::npos;
}

}  // namespace

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

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

}  // namespace batchmill::jobs
