#include "runner/engine/ledger/disk_reserve.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace batchmill {
namespace {

std::uint64_t free_bytes(const std::string& folder) {
  struct statvfs facts {};
  if (::statvfs(folder.c_str(), &facts) != 0) return 0;
  return std::uint64_t{facts.f_bavail} * facts.f_frsize;
}

int open_nameless(const std::string& folder) {
  std::string path = folder + "/reserve-XXXXXX";
  const int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd >= 0) ::unlink(path.c_str());
  return fd;
}

}  // namespace

disk_reserve::disk_reserve(const std::string& folder, std::uint64_t bytes)
    : fd_(open_nameless(folder)), size_(std::min(bytes, free_bytes(folder) / 2)) {
  // Not posix_fallocate: it would write where the file system cannot set space aside.
  const bool taken =
      fd_ >= 0 && size_ > 0 && ::fallocate(fd_, 0, 0, static_cast<off_t>(size_)) == 0;
  if (!taken) release();
}

disk_reserve::disk_reserve(disk_reserve&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), size_(std::exchange(other.size_, 0)) {}

disk_reserve& disk_reserve::operator=(disk_reserve&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(size_, other.size_);
  return *this;
}

void disk_reserve::release() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  size_ = 0;
}

}  // namespace batchmill
