#include "runner/engine/ledger/recovery.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <optional>
#include <unordered_map>

#include "runner/engine/ledger/line_reader.hpp"
#include "runner/engine/ledger/matrix_file.hpp"
#include "runner/engine/ledger/output_reader.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

/// The newest position; a later segment's wins over an earlier one's.
std::optional<commit_mark> last_commit(const std::string& folder) {
  std::optional<commit_mark> last;
  for (const std::uint32_t number : list_segments(folder)) {
    scan_segment(folder, number, [&](const raw_record& record, const log_place&) {
      if (record.type != record_type::commit) return;
      if (auto mark = read_commit(record.payload)) last = std::move(*mark);
    });
  }
  return last;
}

std::uint64_t rows_with_numbers(const ledger_paths& paths) {
  return paths.matrix.empty() ? UINT64_MAX : rows_of_matrix(paths.matrix, paths.numbers);
}

/// Does the output still hold what the mark says?
bool holds(const ledger_paths& paths, const commit_mark& mark) {
  const std::string& output = paths.output;
  if (rows_with_numbers(paths) < mark.position) return false;
  if (!fs::is_regular_file(output)) return mark.position == 0;
  return length_or_zero(output) >= mark.output_length && ends_a_line(output, mark.output_length);
}

/// The mark that the whole lines of the output amount to, at most `most` of them.
commit_mark count_lines(const std::string& output, output_format format, std::uint64_t most) {
  commit_mark mark;
  if (!fs::is_regular_file(output)) return mark;
  line_reader lines(output);
  while (mark.position < most) {
    const auto line = lines.next();
    if (!line) break;
    mark.counts.add(read_output_line(*line, format));
    ++mark.position;
    mark.output_length = lines.offset();
  }
  return mark;
}

/// Rows of the log whose turn is still to come. Where a row stands there twice (a position was lost
/// and it was asked again), the newer record counts.
void collect_ahead(const std::string& folder, recovered& found) {
  std::unordered_map<std::uint64_t, std::size_t> seen;
  for (const std::uint32_t number : list_segments(folder)) {
    scan_segment(folder, number, [&](const raw_record& record, const log_place& place) {
      if (record.type != record_type::row) return;
      const auto row = read_row(record.payload);
      if (!row || row->index < found.mark.position) return;
      const auto [known, is_new] = seen.emplace(row->index, found.ahead.size());
      if (is_new) {
        found.ahead.push_back({row->index, row->hash, place});
        found.counts.add(*row);
      } else {
        found.ahead[known->second] = {row->index, row->hash, place};
      }
    });
  }
  std::sort(found.ahead.begin(), found.ahead.end(),
            [](const ahead_row& a, const ahead_row& b) { return a.index < b.index; });
}

}  // namespace

recovered recover(const ledger_paths& paths, output_format format, bool watch) {
  recovered found;
  const auto mark = last_commit(paths.folder);
  if (mark && (watch || holds(paths, *mark))) {
    found.mark = *mark;
  } else {
    const std::uint64_t in_matrix = watch ? UINT64_MAX : rows_with_numbers(paths);
    const std::uint64_t most = std::min(mark ? mark->position : UINT64_MAX, in_matrix);
    found.mark = count_lines(paths.output, format, most);
    found.mark.failed_length = mark ? mark->failed_length : length_or_zero(paths.failed);
    found.from_output = !mark;
    found.lost = mark ? mark->position - found.mark.position : 0;
  }
  found.counts = found.mark.counts;
  collect_ahead(paths.folder, found);
  return found;
}

hash_reader::hash_reader(const std::string& path) : piece_(1 << 16) {
  if (fs::exists(path)) file_ = disk_file(path, disk_file::mode::read, "hashes");
}

std::uint64_t hash_reader::next() {
  if (taken_ == held_ && file_.is_open()) {
    held_ = file_.read_at(offset_, piece_) / 8 * 8;
    offset_ += held_;
    taken_ = 0;
  }
  if (taken_ == held_) return 0;
  std::uint64_t value = 0;
  std::memcpy(&value, piece_.data() + taken_, 8);
  taken_ += 8;
  return value;
}

}  // namespace batchmill
