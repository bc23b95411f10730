// Collects what is appended to a large file, and writes it in large pieces past the system's cache:
// copying gigabytes there costs many times what the disk does, and drives out what others need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>

#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {

class block_writer {
 public:
  /// Appends behind the first `length` bytes of `file`; what was collected before is forgotten.
  void begin(std::uint64_t length) {
    start_ = length;
    size_ = 0;
  }

  /// Throws as disk_file's functions do.
  void append(std::string_view bytes, disk_file& file);

  /// All that was appended is the file's when this returns, if not yet on the disk.
  void flush(disk_file& file);

 private:
  // Of memory and file, as writing past the cache asks for on nearly every system.
  static constexpr std::size_t block = 4096;
  static constexpr std::size_t capacity = 1 << 20;

  struct aligned_delete {
    void operator()(char* p) const { ::operator delete[](p, std::align_val_t(block)); }
  };

  /// What is collected lies as far behind a block's beginning as in the file.
  char* first() const { return space_.get() + start_ % block; }

  void write_blocks(disk_file& file);

  std::unique_ptr<char[], aligned_delete> space_;
  std::uint64_t start_ = 0;  // where what is collected begins in the file
  std::size_t size_ = 0;
};

}  // namespace batchmill
