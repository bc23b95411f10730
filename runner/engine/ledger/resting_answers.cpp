#include "runner/engine/ledger/resting_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/matrix_file.hpp"
#include "runner/engine/ledger/output_reader.hpp"

namespace batchmill {
namespace {

// Much less than what is in memory: what is forgotten next was in the output at the last look.
constexpr std::size_t usual_step = 4 << 20;

constexpr auto by_hash = [](const auto& a, const auto& b) { return a.hash < b.hash; };

}  // namespace

resting_answers::resting_answers(ledger_paths paths, output_format format, bool begun)
    : paths_(std::move(paths)), format_(format), look_at_(begun ? 0 : 1) {}

std::optional<finished_row> resting_answers::find(std::uint64_t hash, std::size_t forgotten) {
  if (forgotten >= look_at_) {
    look_through();
    look_at_ = forgotten + usual_step;
  }
  entry wanted;
  wanted.hash = hash;
  for (const entries& part : parts_) {
    const auto [first, last] = std::equal_range(part.begin(), part.end(), wanted, by_hash);
    for (auto it = first; it != last; ++it) {
      finished_row row = read(*it);
      if (row.ok) return row;
    }
  }
  return std::nullopt;
}

/// The hash of a row is written last, so where it is the row's line and vector are, too.
void resting_answers::look_through() {
  if (!std::filesystem::is_regular_file(paths_.output)) return;
  if (!lines_) {
    lines_.emplace(paths_.output);
    hashes_.emplace(paths_.hashes());
    output_ = disk_file(paths_.output, disk_file::mode::read, "output");
    if (!paths_.matrix.empty()) {
      matrix_ = disk_file(paths_.matrix, disk_file::mode::read, "matrix");
    }
  }
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  const std::uint64_t known = std::min(most, length_or_zero(paths_.hashes()) / 8);
  entries fresh;
  for (; rows_ < known; ++rows_) {
    const std::uint64_t offset = lines_->offset();
    const auto line = lines_->next();
    if (!line) break;
    const std::uint64_t hash = hashes_->next();
    if (hash == 0 || line->size() > most) continue;
    fresh.push_back({hash, offset, static_cast<std::uint32_t>(line->size()),
                     static_cast<std::uint32_t>(rows_)});
  }
  if (!fresh.empty()) add(std::move(fresh));
}

void resting_answers::add(entries&& fresh) {
  std::sort(fresh.begin(), fresh.end(), by_hash);
  while (!parts_.empty() && parts_.back().size() < 2 * fresh.size()) {
    entries both;
    both.reserve(parts_.back().size() + fresh.size());
    std::merge(parts_.back().begin(), parts_.back().end(), fresh.begin(), fresh.end(),
               std::back_inserter(both), by_hash);
    fresh = std::move(both);
    parts_.pop_back();
  }
  parts_.push_back(std::move(fresh));
}

finished_row resting_answers::read(const entry& from) const {
  std::string line(from.length, '\0');
  if (output_.read_at(from.offset, line) != line.size()) {
    throw run_error(fmt::format("{} was changed while it was read", output_.path()));
  }
  finished_row row = read_output_line(line, format_);
  row.line = std::move(line);
  if (matrix_.is_open()) row.vector = read_matrix_row(matrix_, from.row);
  return row;
}

}  // namespace batchmill
