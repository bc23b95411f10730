#include "runner/cli/remote_session.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
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

void bring(remote_session& session, const remote_file& file, const std::string& path) {
  std::optional<std::uint64_t> bytes;
  if (file.bytes > 0) bytes = file.bytes;
  session.finish(session.client().download(file.id, path, bytes));
}

/// A folder that goes away with everything in it.
class passing_folder {
 public:
  passing_folder() : path_(std::filesystem::temp_directory_path() / "batchmill-XXXXXX") {
    std::string name = path_.string();
    if (::mkdtemp(name.data()) == nullptr) throw run_error("cannot make the folder " + name);
    path_ = name;
  }
  passing_folder(const passing_folder&) = delete;
  passing_folder& operator=(const passing_folder&) = delete;
  ~passing_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

remote_session::remote_session(const job_spec& spec)
    : time_(make_real_clock(io_.get_executor())),
      wire_(connect_as(spec, io_.get_executor())),
      watch_(tell_wait),
      client_(*wire_, *time_, api_paths(spec.api, spec.endpoint), spec.retry,
              std::random_device()(),
              [this](const remote_failure& why, duration wait) { watch_(why, wait); }),
      tuning_(*wire_, *time_, api_paths(spec.api, spec.endpoint), spec.retry,
              std::random_device()(),
              [this](const remote_failure& why, duration wait) { watch_(why, wait); }) {}

unix_seconds remote_session::now() const {
  return std::chrono::system_clock::to_time_t(time_->wall_now());
}

void fetch(remote_session& session, const remote_file& file, const std::string& path, bool json,
           bool replace) {
  const bool is_there = std::filesystem::exists(path);
  if (is_there && !(replace && std::filesystem::is_regular_file(path))) {
    throw usage_error(fmt::format(
        "{} exists; remove it, choose another place with -o, or replace it with --force", path));
  }
  const std::string part = fmt::format("{}.{}.part", path, file_name_of(file.id, "file"));
  bring(session, file, part);
  std::filesystem::rename(part, path);
  if (json) {
    fmt::print("{}\n", json_of(file).text("path", path).line());
  } else {
    fmt::print("{}  {} bytes\n", escape_controls(path), with_separators(file.bytes));
  }
}

void print_content(remote_session& session, const remote_file& file) {
  const passing_folder folder;
  const std::string path = folder.file("content");
  bring(session, file, path);
  std::ifstream content(path, std::ios::binary);
  if (content.peek() != std::ifstream::traits_type::eof()) std::cout << content.rdbuf();
  std::cout.flush();
  if (!content || !std::cout) throw run_error("standard output takes no more");
}

remote_file upload_from(remote_session& session, const upload_order& order) {
  if (!std::filesystem::is_regular_file(order.path)) {
    throw usage_error(fmt::format("{}: {}", order.path,
                                  std::filesystem::exists(order.path) ? "this is not a regular file"
                                                                      : "there is no such file"));
  }
  return session.finish(session.client().upload_file(order));
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
