#include "runner/engine/ledger/row_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/crash_point.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t read_piece = 1 << 20;

/// A window over a file, moved forward record by record.
class record_window {
 public:
  explicit record_window(const disk_file& file) : file_(file), space_(read_piece) {}

  /// At least `n` bytes from `offset` on, less at the end of the file.
  std::string_view at(std::uint64_t offset, std::size_t n) {
    if (offset < start_ || offset + n > start_ + held_) fill(offset, n);
    return std::string_view(space_.data() + (offset - start_), start_ + held_ - offset);
  }

 private:
  void fill(std::uint64_t offset, std::size_t n) {
    if (n > space_.size()) space_.resize(n);
    start_ = offset;
    held_ = file_.read_at(offset, space_);
  }

  const disk_file& file_;
  std::vector<char> space_;
  std::uint64_t start_ = 0;
  std::size_t held_ = 0;
};

}  // namespace

std::string segment_path(const std::string& folder, std::uint32_t number) {
  return fmt::format("{}/rows-{:06}.log", folder, number);
}

std::vector<std::uint32_t> list_segments(const std::string& folder) {
  std::vector<std::uint32_t> numbers;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("rows-") || !name.ends_with(".log")) continue;
    std::uint32_t number = 0;
    const char* end = name.data() + name.size() - 4;
    const auto parsed = std::from_chars(name.data() + 5, end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end && number > 0) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void remove_segments(const std::string& folder) {
  for (const std::uint32_t number : list_segments(folder)) {
    fs::remove(segment_path(folder, number));
    crash_point("segment", "removed");
  }
}

bool scan_segment(const std::string& folder, std::uint32_t number,
                  const std::function<void(const raw_record&, const log_place&)>& f) {
  const disk_file file(segment_path(folder, number), disk_file::mode::read, "log");
  const std::uint64_t size = file.size();
  record_window window(file);
  if (!window.at(0, log_magic.size()).starts_with(log_magic)) return false;
  log_place place;
  place.segment = number;
  place.offset = log_magic.size();
  for (;;) {
    const std::uint64_t length = claimed_length(window.at(place.offset, record_head));
    if (length == 0 || length > size - place.offset) return true;
    const auto found = take_record(window.at(place.offset, length));
    if (!found) return true;
    place.length = static_cast<std::uint32_t>(length);
    f(*found, place);
    place.offset += length;
  }
}

row_log::row_log(std::string folder, std::uint64_t segment_size)
    : folder_(std::move(folder)), segment_size_(segment_size) {
  for (const std::uint32_t number : list_segments(folder_)) alive_[number_ = number];
}

void row_log::begin_segment(const commit_mark& mark) {
  disk_file next(segment_path(folder_, number_ + 1), disk_file::mode::fresh, "segment");
  std::string opening(log_magic);
  append_record(mark, opening);
  next.write(opening);
  next.sync();
  sync_folder(folder_);
  ++number_;
  alive_[number_];
  size_ = durable_ = opening.size();
  file_ = disk_file(segment_path(folder_, number_), disk_file::mode::own, "log");
}

log_place row_log::append(const finished_row& row) {
  log_place place;
  place.segment = number_;
  place.offset = size_;
  const std::size_t before = pending_.size();
  append_record(row, pending_);
  place.length = static_cast<std::uint32_t>(pending_.size() - before);
  size_ += place.length;
  ++alive_[number_];
  ++pending_rows_;
  return place;
}

void row_log::append(const commit_mark& mark) {
  const std::size_t before = pending_.size();
  append_record(mark, pending_);
  size_ += pending_.size() - before;
}

void row_log::commit() {
  file_.write(pending_);
  file_.sync();
  pending_.clear();
  pending_rows_ = 0;
  durable_ = size_;
}

void row_log::roll_back() {
  alive_[number_] -= std::exchange(pending_rows_, 0);
  pending_.clear();
  size_ = durable_;
  file_.resize(durable_);
}

finished_row row_log::read(const log_place& place) {
  auto reader = readers_.find(place.segment);
  if (reader == readers_.end()) {
    disk_file file(segment_path(folder_, place.segment), disk_file::mode::read, "log");
    reader = readers_.emplace(place.segment, std::move(file)).first;
  }
  scratch_.resize(place.length);
  const std::size_t n = reader->second.read_at(place.offset, scratch_);
  const auto record = take_record(std::string_view(scratch_).substr(0, n));
  auto row = record ? read_row(record->payload) : std::nullopt;
  if (!row) {
    throw run_error(fmt::format("{} was changed while the run went on; run the same command again",
                                reader->second.path()));
  }
  return std::move(*row);
}

void row_log::release(const log_place& place) {
  --alive_[place.segment];
}

void row_log::drop_dead_segments() {
  for (auto it = alive_.begin(); it != alive_.end();) {
    if (it->first == number_ || it->second > 0) {
      ++it;
      continue;
    }
    crash_point("log", "drop.before");
    readers_.erase(it->first);
    std::error_code kept;  // a segment that stays does no harm
    fs::remove(segment_path(folder_, it->first), kept);
    crash_point("log", "drop.after");
    it = alive_.erase(it);
  }
}

}  // namespace batchmill
