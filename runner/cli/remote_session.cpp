#include "runner/cli/remote_session.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>

#include "batchmill/duration.hpp"
#include "batchmill/grouped_number.hpp"
#include "runner/connection.hpp"
#include "runner/engine/real_clock.hpp"
#include "runner/progress/text.hpp"

namespace batchmill::cli {
namespace {

void tell_wait(const remote_failure& failure, duration wait) {
  fmt::print(stderr, "batchmill: {}; the next attempt is in {}\n", reason_of(failure),
             format_duration(wait));
}

}  // namespace

remote_session::remote_session(const job_spec& spec)
    : time_(make_real_clock(io_.get_executor())),
      wire_(connect_as(spec, io_.get_executor())),
      client_(*wire_, *time_, api_paths(spec.api, spec.endpoint), spec.retry,
              std::random_device()(), tell_wait) {}

unix_seconds remote_session::now() const {
  return std::chrono::system_clock::to_time_t(time_->wall_now());
}

void fetch(remote_session& session, const remote_file& file, const std::string& path, bool json) {
  if (!std::filesystem::exists(path)) {
    const std::string part = fmt::format("{}.{}.part", path, file_name_of(file.id, "file"));
    std::optional<std::uint64_t> bytes;
    if (file.bytes > 0) bytes = file.bytes;
    session.finish(session.client().download(file.id, part, bytes));
    std::filesystem::rename(part, path);
  } else if (!std::filesystem::is_regular_file(path) ||
             std::filesystem::file_size(path) != file.bytes) {
    throw usage_error(fmt::format("{} exists; remove it, or choose another place with -o", path));
  }
  if (json) {
    fmt::print("{}\n", json_of(file).text("path", path).line());
  } else {
    fmt::print("{}  {} bytes\n", escape_controls(path), with_separators(file.bytes));
  }
}

std::string file_name_of(const std::string& text, const std::string& otherwise) {
  std::string name = std::filesystem::path(text).filename().string();
  for (char& c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || c == '\\') c = '_';
  }
  if (name.empty() || name == "." || name == "..") return otherwise;
  // Servers name no hidden files here, and no options of other programs.
  if (name.front() == '.' || name.front() == '-') name.front() = '_';
  return name;
}

}  // namespace batchmill::cli
