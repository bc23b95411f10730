// A file that only grows, written in large pieces.
#pragma once

#include <string>
#include <string_view>

namespace batchmill {

class append_file {
 public:
  /// Creates the file, or empties it. Throws run_error: one sentence with the path.
  explicit append_file(std::string path);
  ~append_file();
  append_file(const append_file&) = delete;
  append_file& operator=(const append_file&) = delete;

  void append_line(std::string_view line);

  /// Throws run_error when the disk takes no more; what it took stays taken and is not repeated.
  void flush();

  /// Makes what was flushed durable.
  void sync();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int fd_;
  std::string pending_;
};

}  // namespace batchmill
