#include "jobs/fine_tuning/similarity.hpp"

#include <algorithm>
#include <cstring>

namespace batchmill::fine_tuning {

namespace {

constexpr std::size_t room = 4;            // slots for each row in each band
constexpr std::size_t most_different = 2;  // bins of 16, so that about nine tenths are the same

}  // namespace

void sketcher::add(std::string_view letters, const common_runs& common) {
  for_each_run(letters, [&](std::uint64_t hash) {
    std::uint32_t& least = least_[hash >> 60];
    const auto value = static_cast<std::uint32_t>(hash);
    // Seldom true, so that what is common is seldom looked up.
    if (value < least && !common.has(hash)) least = value;
  });
}

sketch sketcher::result() const {
  sketch s;
  // Some seventy runs fill all bins; of less text too little is left to compare.
  s.is_telling = std::ranges::find(least_, none) == least_.end();
  for (std::size_t i = 0; i < sketch::bins; ++i) {
    s.values[i] = static_cast<std::uint16_t>((least_[i] * 0x9E3779B1U) >> 16);
  }
  return s;
}

std::uint32_t& similar_rows::slot(const entry& e, std::size_t band) {
  std::uint64_t key = 0;
  std::memcpy(&key, e.values.data() + band * bands, sizeof key);
  key = (key + band) * 0x9E3779B97F4A7C15U;
  const std::size_t per_band = slots_.size() / bands;
  return slots_[band * per_band + ((key >> 32) & (per_band - 1))];
}

similar_rows::match similar_rows::add(const sketch& s, std::uint64_t line) {
  if (!s.is_telling) return {};
  if (rows_.size() < most_rows && rows_.size() * room * bands >= slots_.size()) grow();
  const entry own{s.values, static_cast<std::uint32_t>(line)};
  match best;
  for (std::size_t band = 0; band < bands && best.line == 0; ++band) {
    const std::uint32_t found = slot(own, band);
    if (found == 0) continue;
    const entry& other = rows_[found - 1];
    std::size_t same = 0;
    for (std::size_t i = 0; i < sketch::bins; ++i) same += own.values[i] == other.values[i];
    if (same + most_different < sketch::bins) continue;
    best = {other.line, static_cast<unsigned>(same * 100 / sketch::bins)};
  }
  // The first of several that are alike stands for all of them.
  if (best.line != 0) return best;
  if (rows_.size() < most_rows) {
    rows_.push_back(own);
    insert(rows_.size() - 1);
  } else {
    rows_[next_] = own;
    insert(next_);
    next_ = (next_ + 1) % most_rows;
  }
  return {};
}

void similar_rows::insert(std::size_t row) {
  for (std::size_t band = 0; band < bands; ++band) {
    slot(rows_[row], band) = static_cast<std::uint32_t>(row + 1);
  }
}

void similar_rows::grow() {
  const std::size_t size = std::max<std::size_t>(slots_.size() * 2, bands * 4096);
  slots_.assign(size, 0);
  for (std::size_t row = 0; row < rows_.size(); ++row) insert(row);
}

}  // namespace batchmill::fine_tuning
