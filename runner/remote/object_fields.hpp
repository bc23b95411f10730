// Objects and pages of the API's JSON, read leniently.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "batchmill/json_text.hpp"
#include "runner/remote/objects.hpp"

namespace batchmill {

/// Members of one object, each with its default where it is missing, null or something else.
class object_fields {
 public:
  explicit object_fields(std::string_view object) : object_(object) {}

  std::string_view raw(std::string_view key) const {
    return json::member(object_, key).value_or("");
  }
  std::string text(std::string_view key) const { return json::unquote(raw(key)).value_or(""); }
  std::int64_t integer(std::string_view key) const { return json::integer(raw(key)).value_or(0); }
  std::uint64_t count(std::string_view key) const {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer(key)));
  }

 private:
  std::string_view object_;
};

inline std::vector<std::pair<std::string, std::string>> pairs_of(std::string_view object) {
  std::vector<std::pair<std::string, std::string>> pairs;
  json::for_each_member(object, [&](std::string_view key, std::string_view value) {
    pairs.emplace_back(json::unquote(key).value_or(""), json::unquote(value).value_or(""));
    return true;
  });
  return pairs;
}

/// Of a JSON text that is an object with an `id`, as every object of the API has one.
inline std::optional<object_fields> object_in(std::string_view json) {
  if (json::validate(json)) return std::nullopt;
  const object_fields f(json);
  if (f.text("id").empty()) return std::nullopt;
  return f;
}

template <class Object>
read_result<remote_page<Object>> page_in(std::string_view json,
                                         Object (*read)(const object_fields&)) {
  const object_fields f(json);
  if (json::validate(json) || json::kind_of(f.raw("data")) != json::kind::array) {
    return std::string("the answer is not a list");
  }
  remote_page<Object> page;
  json::for_each_element(f.raw("data"), [&](std::string_view element) {
    Object item = read(object_fields(element));
    if (!item.id.empty()) page.items.push_back(std::move(item));
    return true;
  });
  page.last_id = f.text("last_id");
  if (page.last_id.empty() && !page.items.empty()) page.last_id = page.items.back().id;
  page.has_more = f.raw("has_more") == "true" && !page.last_id.empty();
  return page;
}

}  // namespace batchmill
