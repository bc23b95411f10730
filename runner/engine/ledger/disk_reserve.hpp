// Space set aside on the disk, for what must still be written when there is none left.
#pragma once

#include <cstdint>
#include <string>

namespace batchmill {

class disk_reserve {
 public:
  disk_reserve() = default;

  /// Takes up to `bytes` of the file system that `folder` is on, never more than half of what is
  /// free. Where that cannot be done there is no reserve. It has no name, so that the system gives
  /// it back when the process dies.
  disk_reserve(const std::string& folder, std::uint64_t bytes);
  ~disk_reserve() { release(); }
  disk_reserve(disk_reserve&& other) noexcept;
  disk_reserve& operator=(disk_reserve&& other) noexcept;

  /// Gives the space back to the file system.
  void release();

  std::uint64_t size() const { return size_; }

 private:
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace batchmill
