#include "runner/remote/file_download.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace batchmill {
namespace {

std::optional<std::uint64_t> read_count(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<content_range> read_content_range(std::string_view value) {
  constexpr std::string_view unit = "bytes ";
  if (!value.starts_with(unit)) return std::nullopt;
  value.remove_prefix(unit.size());
  const std::size_t slash = value.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  content_range range;
  range.total = read_count(value.substr(slash + 1));
  value = value.substr(0, slash);
  if (value == "*") return range;
  range.first = read_count(value.substr(0, value.find('-')));
  if (!range.first) return std::nullopt;
  return range;
}

file_download::file_download(const std::string& path, std::optional<std::uint64_t> bytes)
    : file_(path, disk_file::mode::own, "download", readable_by_others),
      expected_(bytes),
      size_(file_.size()),
      most_(size_) {
  if (expected_ && size_ > *expected_) restart();
  complete_ = expected_ == size_;
}

http_request file_download::request(const std::string& target) const {
  http_request request("GET", target, "");
  if (size_ > 0) request.headers = fmt::format("Range: bytes={}-\r\n", size_);
  return request;
}

bool file_download::begin(const http_response& head) {
  doubt_.clear();
  total_.reset();
  if (head.status == 206) {
    const auto range = read_content_range(head.header("content-range"));
    if (!range || range->first != size_)
      doubt_ = "the server sends another part than was asked for";
    if (range) total_ = range->total;
  } else {
    if (size_ > 0) restart();  // a server that knows no ranges sends all of it
    total_ = read_count(head.header("content-length"));
  }
  if (expected_ && total_ && *total_ != *expected_) {
    doubt_ = fmt::format("the content has {} bytes, the file {}", *total_, *expected_);
  }
  return doubt_.empty();
}

bool file_download::write(std::string_view bytes) {
  file_.write(bytes);
  size_ += bytes.size();
  return true;
}

std::optional<std::string> file_download::digest(const attempt_result& result) {
  std::optional<std::string> reason;
  if (!result) {
    if (result.error().code == net_errc::sink_closed) reason = doubt_;
  } else if (result->status / 100 == 2) {
    reason = check_end();
  } else if (result->status == 416) {
    reason = check_beyond(*result);
  }
  if (reason) restart();
  return reason;
}

std::optional<std::string> file_download::check_end() {
  const std::optional<std::uint64_t> whole = expected_ ? expected_ : total_;
  if (whole && *whole != size_) {
    return fmt::format("{} bytes of {} came", size_, *whole);
  }
  file_.sync();
  complete_ = true;
  return std::nullopt;
}

/// There is nothing behind what we have: because we have all of it, or because it is something
/// else.
std::optional<std::string> file_download::check_beyond(const http_response& response) {
  const auto range = read_content_range(response.header("content-range"));
  if (range && range->total == size_ && (!expected_ || *expected_ == size_)) return check_end();
  return "the server has less of the file than is here already";
}

void file_download::restart() {
  file_.resize(0);
  size_ = 0;
}

bool file_download::progressed() {
  const bool more = size_ > most_;
  most_ = std::max(most_, size_);
  return more;
}

}  // namespace batchmill
