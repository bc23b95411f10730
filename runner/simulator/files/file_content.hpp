// What a stored file holds: pieces of temporary files, shared and never copied.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runner/simulator/files/temp_file.hpp"

namespace batchmill::simulator_detail {

class file_content {
 public:
  struct piece {
    std::shared_ptr<const temp_file> file;
    std::uint64_t begin = 0;
    std::uint64_t size = 0;
  };

  file_content() = default;
  file_content(std::shared_ptr<const temp_file> file, std::uint64_t begin, std::uint64_t size);

  /// Writes `bytes` to a temporary file of its own.
  static file_content of(std::string_view bytes);

  std::uint64_t size() const { return size_; }

  /// Puts `more` behind it.
  void append(const file_content& more);

  /// What lies in one piece from `at` on; `at` is before the end.
  piece rest_of_piece(std::uint64_t at) const;

  /// Reads up to `size` bytes from `at` on; fewer only where it ends.
  std::size_t read(std::uint64_t at, char* out, std::size_t size) const;

  /// `size` bytes from `at` on, or what there is of them.
  std::string text(std::uint64_t at, std::size_t size) const;

 private:
  std::vector<piece> pieces_;
  std::uint64_t size_ = 0;
};

/// Tells contents apart.
std::uint64_t hash_of(const file_content& c);

/// The MD5 in hexadecimal digits.
std::string md5_of(const file_content& c);

}  // namespace batchmill::simulator_detail
