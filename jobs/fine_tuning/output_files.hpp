// Files that are there as a whole or not at all, and a nameless one for what waits for its turn.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace batchmill::fine_tuning {

/// Written as `<path>.tmp`, which becomes `path` when it is complete. Throws run_error.
class whole_file {
 public:
  explicit whole_file(std::string path);
  ~whole_file();
  whole_file(const whole_file&) = delete;
  whole_file& operator=(const whole_file&) = delete;

  void write(std::string_view text);

  /// On disk, under its name.
  void finish();

 private:
  void flush();

  std::string path_;
  std::string buffer_;
  int fd_;
};

/// Examples in the order in which they came. Gone when the program ends, however it ends.
class spool {
 public:
  explicit spool(const std::string& folder);
  ~spool();
  spool(const spool&) = delete;
  spool& operator=(const spool&) = delete;

  /// Returns where it begins.
  std::uint64_t add(std::string_view text);

  void read(std::uint64_t offset, std::uint32_t length, std::string& text);

 private:
  void flush();

  std::string folder_;
  std::string buffer_;
  std::uint64_t size_ = 0;  // with what is in the buffer
  int fd_;
};

}  // namespace batchmill::fine_tuning
