#include "runner/simulator/files/temp_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include "batchmill/error.hpp"

namespace batchmill::simulator_detail {

namespace {

[[noreturn]] void fail(std::string_view what) {
  throw run_error(fmt::format("The simulator cannot {} a temporary file: {}.", what,
                              std::generic_category().message(errno)));
}

}  // namespace

temp_file::temp_file() {
  auto name = (std::filesystem::temp_directory_path() / "batchmill-XXXXXX").string();
  descriptor_ = mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail("create");
  unlink(name.c_str());
}

temp_file::~temp_file() {
  close(descriptor_);
}

void temp_file::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail("write");
    size_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::size_t temp_file::read(std::uint64_t at, char* out, std::size_t size) const {
  std::size_t done = 0;
  while (done < size) {
    const auto got = pread(descriptor_, out + done, size - done, static_cast<off_t>(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace batchmill::simulator_detail
