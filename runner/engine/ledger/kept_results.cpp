#include "runner/engine/ledger/kept_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/generations.hpp"
#include "runner/engine/ledger/line_reader.hpp"
#include "runner/engine/ledger/matrix_file.hpp"
#include "runner/engine/ledger/output_reader.hpp"

namespace batchmill {

kept_results::kept_results(const ledger_paths& paths, output_format format, bool failed,
                           const recovered& now)
    : format_(format) {
  const auto generations = list_generations(paths);
  unsigned age = 0;
  for (auto it = generations.rbegin(); it != generations.rend(); ++it) load(*it, ++age, failed);
  keep_largest_groups();
  taken_.resize(entries_.size());
  leave_out(paths, now);
  claimed_ = taken_;
}

std::optional<finished_row> kept_results::take(std::uint64_t hash) {
  const auto place = take_from(hash, taken_);
  if (!place) return std::nullopt;
  return read(entries_[*place]);
}

bool kept_results::claim(std::uint64_t hash) {
  return take_from(hash, claimed_).has_value();
}

void kept_results::forget_claims() {
  claimed_ = taken_;
}

void kept_results::load(const ledger_paths& paths, unsigned generation, bool failed) {
  const recovered found = recover(paths, format_);
  const std::size_t before = sources_.size();
  if (found.mark.position > 0) load_output(paths, found, failed);
  load_log(paths, found, failed);
  for (std::size_t i = before; i < sources_.size(); ++i) sources_[i].generation = generation;
}

void kept_results::load_output(const ledger_paths& paths, const recovered& found, bool failed) {
  source from;
  from.file = disk_file(paths.output, disk_file::mode::read, "previous");
  const bool matrix = !paths.matrix.empty();
  if (matrix) from.matrix = disk_file(paths.matrix, disk_file::mode::read, "previous");
  const auto number = static_cast<std::uint32_t>(sources_.size());
  sources_.push_back(std::move(from));
  line_reader lines(paths.output);
  hash_reader hashes(paths.hashes());
  for (std::uint64_t i = 0; i < found.mark.position; ++i) {
    const std::uint64_t offset = lines.offset();
    const auto line = lines.next();
    const std::uint64_t hash = hashes.next();
    if (matrix) sources_.back().offsets.push_back(offset);
    if (!line || hash == 0) continue;
    if (!failed && !read_output_line(*line, format_).ok) continue;
    entries_.push_back({hash, offset, static_cast<std::uint32_t>(line->size()), number});
  }
}

void kept_results::load_log(const ledger_paths& paths, const recovered& found, bool failed) {
  std::uint32_t segment = 0;
  std::vector<ahead_row> rows = found.ahead;
  std::stable_sort(rows.begin(), rows.end(), [](const ahead_row& a, const ahead_row& b) {
    return a.place.segment < b.place.segment;
  });
  for (const ahead_row& row : rows) {
    if (row.place.segment != segment) {
      segment = row.place.segment;
      source from;
      from.file = disk_file(segment_path(paths.folder, segment), disk_file::mode::read, "previous");
      from.log = true;
      sources_.push_back(std::move(from));
    }
    const auto number = static_cast<std::uint32_t>(sources_.size() - 1);
    const entry found_here{row.hash, row.place.offset, row.place.length, number};
    if (!failed && !read(found_here).ok) continue;
    entries_.push_back(found_here);
  }
}

/// Equal rows each have an answer of their own. A newer generation took over answers of an older
/// one, so for each hash only the generation with the most answers counts, not their sum.
void kept_results::keep_largest_groups() {
  const auto age = [this](const entry& e) { return sources_[e.source].generation; };
  std::sort(entries_.begin(), entries_.end(), [&](const entry& a, const entry& b) {
    return std::tuple(a.hash, age(a), a.source, a.offset) <
           std::tuple(b.hash, age(b), b.source, b.offset);
  });
  std::vector<entry> kept;
  kept.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size();) {
    std::size_t best = i;
    std::size_t most = 0;
    const std::uint64_t hash = entries_[i].hash;
    while (i < entries_.size() && entries_[i].hash == hash) {
      const std::size_t group = i;
      while (i < entries_.size() && entries_[i].hash == hash &&
             age(entries_[i]) == age(entries_[group]))
        ++i;
      if (i - group > most) {
        most = i - group;
        best = group;
      }
    }
    const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(best);
    kept.insert(kept.end(), first, first + static_cast<std::ptrdiff_t>(most));
  }
  entries_ = std::move(kept);
}

/// What the current generation holds already took its share.
void kept_results::leave_out(const ledger_paths& paths, const recovered& now) {
  hash_reader hashes(paths.hashes());
  for (std::uint64_t i = 0; i < now.mark.position; ++i) take_from(hashes.next(), taken_);
  for (const ahead_row& row : now.ahead) take_from(row.hash, taken_);
}

std::optional<std::size_t> kept_results::take_from(std::uint64_t hash, counts& used) const {
  const auto first = std::lower_bound(entries_.begin(), entries_.end(), hash,
                                      [](const entry& e, std::uint64_t h) { return e.hash < h; });
  const auto place = static_cast<std::size_t>(first - entries_.begin());
  if (first == entries_.end() || first->hash != hash) return std::nullopt;
  const std::size_t next = place + used[place];
  if (next == entries_.size() || entries_[next].hash != hash) return std::nullopt;
  ++used[place];
  return next;
}

finished_row kept_results::read(const entry& from) const {
  const source& holder = sources_[from.source];
  std::string bytes(from.length, '\0');
  const std::size_t n = holder.file.read_at(from.offset, bytes);
  if (n == bytes.size() && !holder.log) {
    finished_row row = read_output_line(bytes, format_);
    row.line = std::move(bytes);
    if (holder.matrix.is_open()) {
      const auto at = std::lower_bound(holder.offsets.begin(), holder.offsets.end(), from.offset);
      const auto place = static_cast<std::uint64_t>(at - holder.offsets.begin());
      row.vector = read_matrix_row(holder.matrix, place);
    }
    return row;
  }
  const auto record = take_record(std::string_view(bytes).substr(0, n));
  auto row = record ? read_row(record->payload) : std::nullopt;
  if (!row) throw run_error(fmt::format("{} was changed while it was read", holder.file.path()));
  return std::move(*row);
}

}  // namespace batchmill
