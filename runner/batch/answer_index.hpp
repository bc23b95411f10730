// Where the answer to each request of a part stands in its downloaded files, whatever their order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "runner/batch/answer_line.hpp"
#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {

class answer_index {
 public:
  /// Reads both files, of which either may be missing. Both are read line by line and each line is
  /// judged by itself: which of the files it stands in means nothing.
  answer_index(const std::string& answers, const std::string& errors);

  /// The answer to a row's request; nothing when there is none.
  std::optional<answer_line> find(std::uint64_t row) const;

  std::uint64_t answers() const { return places_.size(); }

  /// Lines that are no answer to anything of ours.
  std::uint64_t strange() const { return strange_; }

 private:
  struct place {
    std::uint64_t at = 0;
    std::uint32_t length = 0;
    std::uint32_t file = 0;
  };

  void read(const std::string& path);

  std::vector<disk_file> files_;
  std::unordered_map<std::uint64_t, place> places_;  // by row
  std::uint64_t strange_ = 0;
};

}  // namespace batchmill
