// The files that answers hold: saved in a folder of their own, described in the row's output line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/outcome.hpp"

namespace batchmill {

class artifact_store {
 public:
  /// `shown`: the folder as output lines name it, relative to the output.
  artifact_store(std::string folder, std::string shown);

  /// Saves the files of `result` and puts into its body where each of them is, how long, and its
  /// SHA-256; for the text format their places are the text. Returns the paths of the files, which
  /// are not durable yet. No file is ever overwritten, because an earlier output may name it.
  /// Throws run_error.
  std::vector<std::string> save(std::uint64_t row, outcome& result, bool wants_text) const;

 private:
  std::string save_one(std::uint64_t row, const std::string& custom_id, std::size_t number,
                       std::size_t count, const artifact& file) const;

  std::string folder_;
  std::string shown_;
};

/// `custom_id` as the beginning of a file's name: letters, digits, dots, dashes and underscores as
/// they are, anything else replaced, neither empty nor hidden nor long.
std::string file_stem(std::string_view custom_id);

}  // namespace batchmill
