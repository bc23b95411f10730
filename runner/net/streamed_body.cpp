#include "runner/net/streamed_body.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace batchmill {
namespace {

transport_error cannot_read(const upload& u) {
  return {net_errc::file_unreadable, fmt::format("cannot read {}: {}", u.path, strerror(errno))};
}

transport_error changed(const upload& u) {
  return {net_errc::file_unreadable, fmt::format("the file {} changed while the job ran", u.path)};
}

class open_file {
 public:
  explicit open_file(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }

 private:
  int fd_;
};

bool is_as_expected(const struct stat& facts, const upload& u) {
  return static_cast<std::uint64_t>(facts.st_size) == u.file_size;
}

}  // namespace

std::uint64_t body_size(const http_request& request) {
  std::uint64_t size = request.body.size();
  for (const upload& u : request.uploads) size += u.size;
  return size;
}

std::optional<transport_error> unreadable_upload(const http_request& request) {
  for (const upload& u : request.uploads) {
    const open_file file(u.path);
    struct stat facts {};
    if (file.fd() < 0 || ::fstat(file.fd(), &facts) != 0) return cannot_read(u);
    if (!is_as_expected(facts, u)) return changed(u);
  }
  return std::nullopt;
}

streamed_body::streamed_body(const http_request& request)
    : request_(request), size_(body_size(request)), seen_(request.uploads.size()) {}

boost::system::result<std::string_view, transport_error> streamed_body::bytes_at(
    std::uint64_t at, std::span<char> space) {
  const std::string_view text = request_.body;
  std::size_t taken = 0;  // of the text
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const upload& u = request_.uploads[i];
    const std::string_view before = text.substr(taken, u.at - taken);
    if (at < before.size()) return before.substr(at, space.size());
    at -= before.size();
    taken = u.at;
    if (at < u.size) return read(i, at, space.first(std::min(space.size(), u.size - at)));
    at -= u.size;
  }
  return text.substr(taken).substr(at, space.size());
}

boost::system::result<std::string_view, transport_error> streamed_body::read(
    std::size_t which, std::uint64_t from, std::span<char> space) {
  const upload& u = request_.uploads[which];
  const open_file file(u.path);
  struct stat facts {};
  if (file.fd() < 0 || ::fstat(file.fd(), &facts) != 0) return cannot_read(u);
  stamp now;
  now.device = facts.st_dev;
  now.node = facts.st_ino;
  now.seconds = facts.st_mtim.tv_sec;
  now.nanoseconds = facts.st_mtim.tv_nsec;
  auto& seen = seen_[which];
  if (!seen) seen = now;
  if (*seen != now || !is_as_expected(facts, u)) return changed(u);
  ssize_t got = -1;
  do {
    got = ::pread(file.fd(), space.data(), space.size(), static_cast<off_t>(u.offset + from));
  } while (got < 0 && errno == EINTR);
  if (got < 0) return cannot_read(u);
  if (got == 0) return changed(u);  // cut off just now
  return std::string_view(space.data(), static_cast<std::size_t>(got));
}

}  // namespace batchmill
