// A file without a name: it is gone with the process, however that ends.
#pragma once

#include <cstdint>
#include <string_view>

namespace batchmill::simulator_detail {

class temp_file {
 public:
  /// In the folder for temporary files (TMPDIR). Throws run_error when it cannot.
  temp_file();
  ~temp_file();

  temp_file(const temp_file&) = delete;
  temp_file& operator=(const temp_file&) = delete;

  /// Throws run_error when the disk is full.
  void append(std::string_view bytes);

  /// Reads up to `size` bytes from `at` on; fewer only where the file ends.
  std::size_t read(std::uint64_t at, char* out, std::size_t size) const;

  std::uint64_t size() const { return size_; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace batchmill::simulator_detail
