// A file in blocks of whole lines, read once from its beginning.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace batchmill::fine_tuning {

class block_reader {
 public:
  /// Throws usage_error when the file cannot be opened.
  explicit block_reader(std::string path);
  ~block_reader();
  block_reader(const block_reader&) = delete;
  block_reader& operator=(const block_reader&) = delete;

  /// Replaces `block` by the next lines, each with its end; only the file's last line may have
  /// none. False at the end of the file. Throws usage_error when it cannot be read on.
  bool next(std::string& block);

  std::uint64_t bytes() const { return bytes_; }

 private:
  std::string path_;
  int fd_;
  std::uint64_t bytes_ = 0;
  std::string rest_;  // of a line whose end is not read yet
  bool ended_ = false;
};

/// Takes the first line off `block`, without its end.
std::string_view take_line(std::string_view& block);

}  // namespace batchmill::fine_tuning
