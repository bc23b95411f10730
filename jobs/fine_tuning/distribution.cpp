#include "jobs/fine_tuning/distribution.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace batchmill::fine_tuning {

namespace {

constexpr std::int64_t exact = 4096;
constexpr unsigned steps_bits = 6;  // 64 steps for each doubling above

std::size_t slot_of(std::int64_t value) {
  if (value < exact) return static_cast<std::size_t>(std::max<std::int64_t>(value, 0));
  const auto v = static_cast<std::uint64_t>(value);
  const auto octave = static_cast<unsigned>(std::bit_width(v)) - 1;  // 12 or more
  const std::uint64_t step = (v >> (octave - steps_bits)) & ((1U << steps_bits) - 1);
  return static_cast<std::size_t>(exact) + ((octave - 12) << steps_bits) + step;
}

/// The least value of a slot.
std::int64_t value_of(std::size_t slot) {
  if (slot < static_cast<std::size_t>(exact)) return static_cast<std::int64_t>(slot);
  const std::size_t beyond = slot - static_cast<std::size_t>(exact);
  const std::size_t octave = (beyond >> steps_bits) + 12;
  const std::size_t step = beyond & ((1U << steps_bits) - 1);
  return static_cast<std::int64_t>(((std::size_t{1} << steps_bits) + step)
                                   << (octave - steps_bits));
}

/// 1, 2 or 5 times a power of ten, so that ten bars hold the span.
std::int64_t bar_width(std::int64_t span) {
  std::int64_t power = 1;
  for (;; power *= 10) {
    for (const std::int64_t digit : {1, 2, 5}) {
      if (span / (digit * power) < 10) return digit * power;
    }
  }
}

}  // namespace

void spread::add(std::int64_t value) {
  const std::size_t slot = slot_of(value);
  if (slot >= counts_.size()) counts_.resize(slot + 1);
  ++counts_[slot];
  least_ = count_ == 0 ? value : std::min(least_, value);
  most_ = count_ == 0 ? value : std::max(most_, value);
  ++count_;
  sum_ += value;
}

void spread::add(const spread& other) {
  if (other.count_ == 0) return;
  counts_.resize(std::max(counts_.size(), other.counts_.size()));
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  least_ = count_ == 0 ? other.least_ : std::min(least_, other.least_);
  most_ = count_ == 0 ? other.most_ : std::max(most_, other.most_);
  count_ += other.count_;
  sum_ += other.sum_;
}

/// The nearest rank: the least value that so many values do not exceed.
std::int64_t spread::at_rank(double share) const {
  const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= std::max<std::uint64_t>(rank, 1)) {
      return std::clamp(value_of(i), least_, most_);
    }
  }
  return most_;
}

std::vector<distribution::bar> spread::bars() const {
  // The tail beyond the 99th percentile is one bar: a single giant must not flatten the others.
  const std::int64_t last = at_rank(0.99);
  const std::int64_t width = bar_width(last - least_);
  const std::int64_t first = least_ / width * width;
  std::vector<distribution::bar> all;
  for (std::int64_t from = first; from <= last; from += width) {
    all.push_back({from, from + width - 1, 0});
  }
  all.back().to = std::max(all.back().to, most_);
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) continue;
    const auto at = static_cast<std::size_t>(
        std::max<std::int64_t>(std::clamp(value_of(i), least_, most_) - first, 0) / width);
    all[std::min(at, all.size() - 1)].count += counts_[i];
  }
  return all;
}

distribution spread::facts() const {
  distribution facts;
  facts.count = count_;
  facts.least = least_;
  facts.most = most_;
  facts.sum = sum_;
  if (count_ == 0) return facts;
  facts.p5 = at_rank(0.05);
  facts.p10 = at_rank(0.1);
  facts.p50 = at_rank(0.5);
  facts.p90 = at_rank(0.9);
  facts.p95 = at_rank(0.95);
  facts.p99 = at_rank(0.99);
  facts.bars = bars();
  return facts;
}

}  // namespace batchmill::fine_tuning
