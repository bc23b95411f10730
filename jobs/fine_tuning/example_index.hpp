// Where the examples lie in a file, in which order they are to stand and on which side of the
// split: some 30 bytes an example.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/fine_tuning/seen_rows.hpp"

namespace batchmill::fine_tuning {

class example_index {
 public:
  struct entry {
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    std::uint32_t group = 0;
  };

  /// Examples with the same `asked`, which is not 0, are never parted. `stratum` is the value of
  /// the field to split by.
  void add(std::uint64_t offset, std::uint32_t length, std::uint64_t asked,
           std::string_view stratum);

  std::size_t size() const { return entries_.size(); }

  /// The same seed gives the same order everywhere.
  void shuffle(std::uint64_t seed);

  /// Chooses the examples for validation, in the order as it is: `count` of them, each stratum with
  /// its part, none with all it has.
  void split(std::uint64_t count);

  const std::vector<entry>& entries() const { return entries_; }
  bool is_validation(const entry& e) const { return groups_[e.group].is_validation; }

 private:
  struct group {
    std::uint32_t stratum = 0;
    std::uint32_t count = 0;
    bool is_validation = false;
  };

  std::vector<std::uint64_t> quotas(std::uint64_t count) const;

  std::vector<entry> entries_;
  std::vector<group> groups_;
  std::vector<std::uint64_t> stratum_sizes_;
  std::map<std::string, std::uint32_t, std::less<>> strata_;
  seen_rows asked_;
};

}  // namespace batchmill::fine_tuning
