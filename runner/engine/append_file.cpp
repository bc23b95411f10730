#include "runner/engine/append_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "batchmill/error.hpp"

namespace batchmill {
namespace {

constexpr std::size_t large_piece = 256 << 10;

}  // namespace

append_file::append_file(std::string path)
    : path_(std::move(path)),
      fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (fd_ < 0) throw run_error(fmt::format("cannot write {}: {}", path_, strerror(errno)));
}

append_file::~append_file() {
  ::close(fd_);
}

void append_file::append_line(std::string_view line) {
  pending_.append(line);
  pending_.push_back('\n');
  if (pending_.size() >= large_piece) flush();
}

void append_file::flush() {
  std::size_t written = 0;
  while (written < pending_.size()) {
    const ssize_t n = ::write(fd_, pending_.data() + written, pending_.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int why = errno;
      pending_.erase(0, written);
      throw run_error(fmt::format("cannot write to {}: {}", path_, strerror(why)));
    }
    written += static_cast<std::size_t>(n);
  }
  pending_.clear();
}

void append_file::sync() {
  if (::fdatasync(fd_) != 0 && errno != EINVAL && errno != EROFS) {
    throw run_error(fmt::format("cannot write to {}: {}", path_, strerror(errno)));
  }
}

}  // namespace batchmill
