#include "runner/engine/row_source.hpp"

#include <fmt/format.h>
#include <glob.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"

namespace batchmill {
namespace {

constexpr std::size_t first_buffer = 256 << 10;
constexpr std::size_t longest_line = std::size_t{1} << 30;
constexpr std::uint64_t small_input = 8 << 20;  // counted at the start, in a millisecond or two

std::string key_of(const job_spec& spec, std::size_t i) {
  const std::string item = fmt::format("input.path.{}", i);
  return spec.marks.contains(item) ? item : "input.path";
}

std::vector<std::string> expand(const job_spec& spec, std::size_t i) {
  const std::string path = spec.resolve(spec.input.paths[i]);
  if (path == "-") return {path};
  if (path.find_first_of("*?[") == std::string::npos || ::access(path.c_str(), F_OK) == 0) {
    return {path};
  }
  glob_t found{};
  const int state = ::glob(path.c_str(), GLOB_BRACE | GLOB_TILDE, nullptr, &found);
  std::vector<std::string> files(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (state != 0) {
    throw usage_error(fmt::format("{}: no file matches '{}'", spec.where(key_of(spec, i)), path));
  }
  return files;
}

std::uint64_t size_of(const job_spec& spec, std::size_t i, const std::string& path) {
  struct stat facts {};
  const std::string where = spec.where(key_of(spec, i));
  if (::stat(path.c_str(), &facts) != 0) {
    throw usage_error(
        fmt::format("{}: cannot open the input {}: {}", where, path, strerror(errno)));
  }
  if (S_ISDIR(facts.st_mode)) {
    throw usage_error(
        fmt::format("{}: the input {} is a directory; name a file or a glob such as {}/*.jsonl",
                    where, path, path));
  }
  return S_ISREG(facts.st_mode) ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

/// The folder that holds all of `files`, with a slash at its end unless it is empty.
std::string shared_folder(const std::vector<std::string>& files) {
  std::string shared = files.front().substr(0, files.front().rfind('/') + 1);
  for (const std::string& file : files) {
    while (!file.starts_with(shared)) shared.resize(shared.rfind('/', shared.size() - 2) + 1);
  }
  return shared;
}

bool blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == line.npos;
}

}  // namespace

row_source::row_source(const job_spec& spec, std::uint64_t limit)
    : files_are_rows_(spec.input.format == row_format::files),
      limit_(limit),
      buffer_(files_are_rows_ ? 0 : first_buffer) {
  bool sizes_known = true;
  for (std::size_t i = 0; i < spec.input.paths.size(); ++i) {
    for (std::string& path : expand(spec, i)) {
      const std::uint64_t size = path == "-" ? 0 : size_of(spec, i, path);
      sizes_known = sizes_known && size > 0;
      all_bytes_ += size;
      files_.push_back(std::move(path));
    }
  }
  if (std::count(files_.begin(), files_.end(), "-") > 1) {
    throw usage_error(
        fmt::format("{}: standard input can be read only once", spec.where("input.path")));
  }
  if (!sizes_known) all_bytes_ = 0;
  if (files_are_rows_) {
    list_files(spec);
  } else {
    count_when_small();
  }
}

row_source::item row_source::next() {
  if (peeked_) {
    row first = std::move(*peeked_);
    peeked_.reset();
    return first;
  }
  if (ended_ || (limit_ != 0 && next_index_ == limit_)) {
    ended_ = true;
    return end{};
  }
  if (files_are_rows_ && next_file_ < files_.size()) return file_row();
  for (;;) {
    if (!bytes_ && !open_next_file()) {
      ended_ = true;
      return end{};
    }
    const auto line = take_line();
    if (!line && starved_) return not_yet{};
    if (!line) {
      bytes_of_closed_ += bytes_->consumed();
      bytes_.reset();
      continue;
    }
    ++line_;
    if (!blank(*line)) return row(next_index_++, std::string(*line), file_, line_);
  }
}

std::optional<row> row_source::wait_next() {
  for (;;) {
    item found = next();
    if (std::holds_alternative<end>(found)) return std::nullopt;
    if (auto* r = std::get_if<row>(&found)) return std::move(*r);
    pollfd input{STDIN_FILENO, POLLIN, 0};
    ::poll(&input, 1, -1);
  }
}

std::string_view row_source::peek() {
  if (!peeked_) peeked_ = wait_next();
  return peeked_ ? std::string_view(peeked_->text) : std::string_view();
}

row_source::estimate row_source::total() const {
  if (ended_) return {next_index_, true};
  if (counted_) return {limit_ == 0 ? *counted_ : std::min(*counted_, limit_), true};
  const std::uint64_t read = bytes_of_closed_ + (bytes_ ? bytes_->consumed() : 0);
  if (all_bytes_ == 0 || read == 0 || next_index_ == 0) return {limit_, false};
  // The bytes read so far hold the rows taken and those that still lie in the buffer.
  const auto* unread = buffer_.data() + begin_;
  const auto ahead = std::count(unread, buffer_.data() + end_, '\n');
  const double known = static_cast<double>(next_index_) + static_cast<double>(ahead);
  const double all = known * static_cast<double>(all_bytes_) / static_cast<double>(read);
  const auto guess = static_cast<std::uint64_t>(all);
  return {limit_ == 0 ? guess : std::min(guess, limit_), false};
}

void row_source::list_files(const job_spec& spec) {
  if (std::count(files_.begin(), files_.end(), "-") > 0) {
    throw usage_error(
        fmt::format("{}: with the format `files` each input is a file with a name, "
                    "which standard input has not",
                    spec.where("input.path")));
  }
  if (!spec.input.files_root.empty()) files_root_ = spec.resolve(spec.input.files_root);
  shared_ = shared_folder(files_);
  counted_ = files_.size();
}

/// Its id is its place below the folder that all files share.
row row_source::file_row() {
  const std::string& path = files_[next_file_++];
  const std::filesystem::path file(path);
  const std::string name =
      (files_root_.empty() ? file.filename() : std::filesystem::proximate(file, files_root_))
          .string();
  std::string text = fmt::format(R"({{"custom_id":{},"file":{}}})",
                                 json::quote(path.substr(shared_.size())), json::quote(name));
  return row(next_index_++, std::move(text), std::make_shared<const std::string>(path), 0);
}

bool row_source::open_next_file() {
  if (next_file_ == files_.size()) return false;
  const std::string& path = files_[next_file_++];
  bytes_ = open_byte_source(path);
  file_ = std::make_shared<const std::string>(path);
  line_ = 0;
  begin_ = end_ = scanned_ = 0;
  return true;
}

/// The next line without its end; nothing at the end of the file or while `starved_`.
std::optional<std::string_view> row_source::take_line() {
  for (;;) {
    const char* from = buffer_.data() + scanned_;
    const void* found = std::memchr(from, '\n', end_ - scanned_);
    if (found == nullptr && fill()) continue;
    if (starved_ || (found == nullptr && begin_ == end_)) return std::nullopt;
    const std::size_t stop =
        found ? static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()) : end_;
    std::string_view line(buffer_.data() + begin_, stop - begin_);
    begin_ = scanned_ = found ? stop + 1 : stop;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line_ == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    return line;
  }
}

/// Gets more bytes behind those not taken yet; false at the end of the file or while starved.
bool row_source::fill() {
  scanned_ = end_;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    scanned_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) {
    if (buffer_.size() >= longest_line) {
      throw run_error(fmt::format("{}:{}: the line is longer than 1 GiB", *file_, line_ + 1));
    }
    buffer_.resize(buffer_.size() * 2);
  }
  const auto n = bytes_->read(std::span<char>(buffer_).subspan(end_));
  starved_ = !n;
  end_ += n.value_or(0);
  return n.value_or(0) > 0;
}

void row_source::count_when_small() {
  if (all_bytes_ == 0 || all_bytes_ > small_input) return;
  std::uint64_t rows = 0;
  for (const std::string& path : files_) {
    if (path.ends_with(".gz") || path.ends_with(".zst")) return;
    bytes_ = open_byte_source(path);
    begin_ = end_ = scanned_ = 0;
    line_ = 0;
    for (auto line = take_line(); line; line = take_line(), ++line_) rows += blank(*line) ? 0 : 1;
  }
  bytes_.reset();
  counted_ = rows;
}

}  // namespace batchmill
