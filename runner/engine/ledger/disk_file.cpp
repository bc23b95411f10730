#include "runner/engine/ledger/disk_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "runner/engine/ledger/crash_point.hpp"

namespace batchmill {
namespace {

int flags_of(disk_file::mode how) {
  switch (how) {
    case disk_file::mode::append:
      return O_RDWR | O_CREAT | O_APPEND;
    case disk_file::mode::own:
      return O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW;
    case disk_file::mode::fresh:
      return O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW;
    case disk_file::mode::in_place:
      return O_RDWR | O_CREAT;
    case disk_file::mode::read:
      break;
  }
  return O_RDONLY;
}

/// Not everything that can be written can be read: a pipe, a terminal.
int open_somehow(const std::string& path, int flags, int rights) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, rights);
  if (fd >= 0 || (flags & O_ACCMODE) != O_RDWR) return fd;
  return ::open(path.c_str(), (flags & ~O_ACCMODE) | O_WRONLY | O_CLOEXEC, rights);
}

/// Of a file, the same errors mean that the file system failed.
bool needs_no_sync(int fd, int why) {
  struct stat facts {};
  const bool special = ::fstat(fd, &facts) == 0 && !S_ISREG(facts.st_mode);
  errno = why;
  return special && (why == EINVAL || why == EROFS);
}

/// While it lives, writes go past the system's cache; `works` tells whether they do.
struct cache_bypass {
  explicit cache_bypass(int f) : fd(f), flags(::fcntl(f, F_GETFL)) {
    works = flags >= 0 && ::fcntl(fd, F_SETFL, flags | O_DIRECT) == 0;
  }
  cache_bypass(const cache_bypass&) = delete;
  cache_bypass& operator=(const cache_bypass&) = delete;
  ~cache_bypass() {
    if (works) ::fcntl(fd, F_SETFL, flags);
  }

  int fd;
  int flags;
  bool works;
};

}  // namespace

disk_file::disk_file(std::string path, mode how, const char* label, int rights)
    : path_(std::move(path)), label_(label), fd_(open_somehow(path_, flags_of(how), rights)) {
  if (fd_ < 0) refuse(how == mode::read ? "read" : "write");
}

disk_file::~disk_file() {
  if (fd_ >= 0) ::close(fd_);
}

disk_file::disk_file(disk_file&& other) noexcept
    : path_(std::move(other.path_)), label_(other.label_), fd_(std::exchange(other.fd_, -1)) {}

disk_file& disk_file::operator=(disk_file&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(label_, other.label_);
  std::swap(fd_, other.fd_);
  return *this;
}

void disk_file::write(std::string_view bytes) {
  if (bytes.empty()) return;
  crash_point(label_, "write.before");
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse("write to");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  crash_point(label_, "write.after");
}

void disk_file::write_at(std::uint64_t offset, std::string_view bytes) {
  if (bytes.empty()) return;
  crash_point(label_, "write.before");
  if (!put_at(offset, bytes)) refuse("write to");
  crash_point(label_, "write.after");
}

void disk_file::write_past_cache(std::uint64_t offset, std::string_view bytes) {
  if (const cache_bypass past(fd_); past.works && !bytes.empty()) {
    crash_point(label_, "write.before");
    if (!put_at(offset, bytes) && errno != EINVAL) refuse("write to");
    crash_point(label_, "write.after");
  }
  write_at(offset, bytes);  // what is left: all of it, where the file system knows no other way
}

/// Takes what was written off the front. False, with errno, when not all of it was.
bool disk_file::put_at(std::uint64_t& offset, std::string_view& bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    offset += static_cast<std::uint64_t>(n);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void disk_file::sync() {
  crash_point(label_, "sync.before");
  if (::fdatasync(fd_) != 0 && !needs_no_sync(fd_, errno)) refuse("write to");
  crash_point(label_, "sync.after");
}

void disk_file::resize(std::uint64_t length) {
  crash_point(label_, "resize.before");
  if (::ftruncate(fd_, static_cast<off_t>(length)) != 0) refuse("resize");
  crash_point(label_, "resize.after");
}

std::size_t disk_file::read_at(std::uint64_t offset, std::span<char> space) const {
  std::size_t done = 0;
  while (done < space.size()) {
    const ssize_t n =
        ::pread(fd_, space.data() + done, space.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse("read");
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

std::uint64_t disk_file::size() const {
  struct stat facts {};
  if (::fstat(fd_, &facts) != 0) refuse("read");
  return static_cast<std::uint64_t>(facts.st_size);
}

void disk_file::require_in_place() const {
  struct stat ours {};
  struct stat there {};
  const bool stands = ::stat(path_.c_str(), &there) == 0;
  if (stands && ::fstat(fd_, &ours) == 0 && ours.st_ino == there.st_ino) return;
  throw run_error(fmt::format("{} was removed or replaced while it was being written", path_));
}

void disk_file::refuse(const char* verb) const {
  if (errno == ELOOP) refuse_link(path_);
  const bool full = errno == ENOSPC || errno == EDQUOT;
  const std::string sentence = fmt::format("cannot {} {}: {}", verb, path_, strerror(errno));
  if (full) throw disk_full(sentence);
  throw run_error(sentence);
}

void refuse_link(const std::string& path) {
  throw run_error(fmt::format(
      "{} is a symbolic link, and batchmill writes its own files through none; remove it", path));
}

std::uint64_t length_or_zero(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

bool ends_a_line(const std::string& path, std::uint64_t length) {
  if (length == 0) return true;
  const disk_file file(path, disk_file::mode::read, "output");
  char last = 0;
  return file.read_at(length - 1, {&last, 1}) == 1 && last == '\n';
}

void sync_folder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) throw run_error(fmt::format("cannot open {}: {}", folder, strerror(errno)));
  ::fsync(fd);  // some file systems cannot do this for folders, and need not
  ::close(fd);
}

}  // namespace batchmill
