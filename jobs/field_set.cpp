#include "jobs/field_set.hpp"

#include <algorithm>

#include "batchmill/json_text.hpp"

namespace batchmill::jobs {

std::size_t field_set::add(const std::string& key) {
  const auto known = std::find(keys_.begin(), keys_.end(), key);
  if (known != keys_.end()) return static_cast<std::size_t>(known - keys_.begin());
  keys_.push_back(key);
  return keys_.size() - 1;
}

std::vector<std::string_view> field_set::find(std::string_view object) const {
  std::vector<std::string_view> values(keys_.size());
  json::for_each_member(object, [&](std::string_view raw_key, std::string_view value) {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (json::key_is(raw_key, keys_[i])) values[i] = value;
    }
    return true;
  });
  return values;
}

std::vector<std::string> names_of(std::string_view object) {
  std::vector<std::string> names;
  json::for_each_member(object, [&](std::string_view raw_key, std::string_view) {
    names.push_back(json::unquote(raw_key).value_or(""));
    return true;
  });
  return names;
}

}  // namespace batchmill::jobs
