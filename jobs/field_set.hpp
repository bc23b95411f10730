// The fields of a row that a job uses, found in one pass over the row.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace batchmill::jobs {

class field_set {
 public:
  /// The place of `key` in what `find` returns.
  std::size_t add(const std::string& key);

  /// The raw values, in the order of `add`; a view of null where the row has no such field.
  std::vector<std::string_view> find(std::string_view object) const;

 private:
  std::vector<std::string> keys_;
};

/// The unescaped keys of an object, for messages.
std::vector<std::string> names_of(std::string_view object);

}  // namespace batchmill::jobs
