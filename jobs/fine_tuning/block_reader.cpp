#include "jobs/fine_tuning/block_reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "batchmill/error.hpp"

namespace batchmill::fine_tuning {

namespace {

constexpr std::size_t block_size = 1 << 20;
constexpr std::size_t longest_line = std::size_t{1} << 30;

[[noreturn]] void fail(const std::string& path, const char* why) {
  throw usage_error(fmt::format("{}: cannot be read: {}", path, why));
}

}  // namespace

block_reader::block_reader(std::string path)
    : path_(std::move(path)), fd_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (fd_ < 0) fail(path_, std::strerror(errno));
  struct stat facts {};
  if (::fstat(fd_, &facts) == 0 && !S_ISREG(facts.st_mode)) {
    ::close(fd_);
    fail(path_, "it is no regular file");  // it is read more than once
  }
}

block_reader::~block_reader() {
  ::close(fd_);
}

bool block_reader::next(std::string& block) {
  block = std::exchange(rest_, {});
  while (!ended_) {
    const std::size_t before = block.size();
    if (before > longest_line) fail(path_, "a line is longer than 1 GB");
    block.resize(before + block_size);
    ssize_t n = 0;
    do n = ::read(fd_, block.data() + before, block_size);
    while (n < 0 && errno == EINTR);
    if (n < 0) fail(path_, std::strerror(errno));
    block.resize(before + static_cast<std::size_t>(n));
    bytes_ += static_cast<std::uint64_t>(n);
    ended_ = n == 0;
    const std::size_t end = block.rfind('\n');
    // Short reads, as from a pipe, are gathered.
    if (ended_ || end == std::string::npos || block.size() < block_size / 2) continue;
    rest_.assign(block, end + 1);
    block.resize(end + 1);
    return true;
  }
  return !block.empty();
}

std::string_view take_line(std::string_view& block) {
  const std::size_t end = block.find('\n');
  std::string_view line = block.substr(0, end);
  block.remove_prefix(end == std::string_view::npos ? block.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace batchmill::fine_tuning
