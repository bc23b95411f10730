#include "jobs/fine_tuning/output_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "batchmill/error.hpp"

namespace batchmill::fine_tuning {

namespace {

constexpr std::size_t buffer_size = 1 << 20;

[[noreturn]] void fail(const std::string& path) {
  throw run_error(fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
}

void write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

int open_nameless(const std::string& folder) {
  std::string name = folder + "/.examples-XXXXXX";
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd >= 0) ::unlink(name.c_str());
  return fd;
}

}  // namespace

whole_file::whole_file(std::string path)
    : path_(std::move(path)),
      fd_(::open((path_ + ".tmp").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (fd_ < 0) fail(path_);
}

whole_file::~whole_file() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink((path_ + ".tmp").c_str());
}

void whole_file::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= buffer_size) flush();
}

void whole_file::flush() {
  write_all(fd_, buffer_, path_);
  buffer_.clear();
}

void whole_file::finish() {
  flush();
  if (::fsync(fd_) != 0 || ::close(std::exchange(fd_, -1)) != 0) fail(path_);
  if (std::rename((path_ + ".tmp").c_str(), path_.c_str()) != 0) fail(path_);
}

spool::spool(const std::string& folder) : folder_(folder), fd_(open_nameless(folder)) {
  if (fd_ < 0) fail(folder_);
}

spool::~spool() {
  ::close(fd_);
}

std::uint64_t spool::add(std::string_view text) {
  const std::uint64_t begin = size_;
  buffer_ += text;
  size_ += text.size();
  if (buffer_.size() >= buffer_size) flush();
  return begin;
}

void spool::flush() {
  write_all(fd_, buffer_, folder_);
  buffer_.clear();
}

void spool::read(std::uint64_t offset, std::uint32_t length, std::string& text) {
  if (!buffer_.empty()) flush();
  text.resize(length);
  for (std::size_t done = 0; done < length;) {
    const ssize_t n =
        ::pread(fd_, text.data() + done, length - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail(folder_);
    done += static_cast<std::size_t>(n);
  }
}

}  // namespace batchmill::fine_tuning
