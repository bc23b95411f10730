#include "runner/engine/ledger/run_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {
namespace {

// Locks of the open file, not of the process: they can be looked at without being taken, and two
// runs within one process exclude each other too.
struct flock whole_file(short type) {
  struct flock how {};
  how.l_type = type;
  how.l_whence = SEEK_SET;
  return how;
}

int pid_in(int fd) {
  char text[16] = {};
  int pid = 0;
  const ssize_t n = ::pread(fd, text, sizeof text - 1, 0);
  if (n > 0) std::from_chars(text, text + n, pid);
  return pid;
}

/// The finished run before may have removed the file between our opening and locking it.
bool is_still_there(int fd, const std::string& path) {
  struct stat ours {};
  struct stat now {};
  return ::fstat(fd, &ours) == 0 && ::stat(path.c_str(), &now) == 0 && ours.st_ino == now.st_ino;
}

[[noreturn]] void refuse(int fd, const std::string& output) {
  const int pid = pid_in(fd);
  ::close(fd);
  throw usage_error(fmt::format(
      "{} is being written by another batchmill process (pid {}); wait for it, or stop it first",
      output, pid));
}

int open_and_lock(const std::string& path, const std::string& output) {
  for (;;) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == ELOOP) refuse_link(path);
    if (fd < 0) throw run_error(fmt::format("cannot write {}: {}", path, strerror(errno)));
    struct flock how = whole_file(F_WRLCK);
    if (::fcntl(fd, F_OFD_SETLK, &how) != 0) {
      if (errno == EAGAIN || errno == EACCES) refuse(fd, output);
      const int why = errno;
      ::close(fd);
      throw run_error(fmt::format("cannot lock {}: {}", path, strerror(why)));
    }
    if (is_still_there(fd, path)) return fd;
    ::close(fd);
  }
}

}  // namespace

run_lock::run_lock(const std::string& path, const std::string& output)
    : fd_(open_and_lock(path, output)) {
  const std::string pid = std::to_string(::getpid()) + "\n";
  // The pid is only for messages: a full disk must not keep the run from being refused properly.
  const bool written = ::ftruncate(fd_, 0) == 0 && ::pwrite(fd_, pid.data(), pid.size(), 0) > 0;
  static_cast<void>(written);
}

run_lock::~run_lock() {
  ::close(fd_);
}

std::optional<int> lock_holder(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  struct flock how = whole_file(F_RDLCK);
  const bool held = ::fcntl(fd, F_OFD_GETLK, &how) == 0 && how.l_type != F_UNLCK;
  const int pid = held ? pid_in(fd) : 0;
  ::close(fd);
  return held ? std::optional(pid) : std::nullopt;
}

}  // namespace batchmill
