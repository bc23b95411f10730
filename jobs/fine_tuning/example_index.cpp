#include "jobs/fine_tuning/example_index.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace batchmill::fine_tuning {

namespace {

/// SplitMix64: the standard library's distributions differ from one to the other.
class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) : state_(seed) {}

  /// From 0 to below `end`.
  std::uint64_t below(std::uint64_t end) {
    __extension__ using wide = unsigned __int128;
    return static_cast<std::uint64_t>(static_cast<wide>(next()) * end >> 64);
  }

 private:
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace

void example_index::add(std::uint64_t offset, std::uint32_t length, std::uint64_t asked,
                        std::string_view stratum) {
  auto known = strata_.find(stratum);
  if (known == strata_.end()) {
    known = strata_.emplace(stratum, static_cast<std::uint32_t>(strata_.size())).first;
    stratum_sizes_.push_back(0);
  }
  const std::uint64_t next_group = groups_.size();
  const std::uint64_t first = asked == 0 ? 0 : asked_.add(asked, 0, next_group + 1).line;
  const std::uint64_t at = first == 0 ? next_group : first - 1;
  // A question that is asked again stays where it was first, whatever its field says.
  if (first == 0) groups_.push_back({known->second, 0, false});
  ++groups_[at].count;
  ++stratum_sizes_[groups_[at].stratum];
  entries_.push_back({offset, length, static_cast<std::uint32_t>(at)});
}

void example_index::shuffle(std::uint64_t seed) {
  random_numbers random(seed);
  for (std::size_t left = entries_.size(); left > 1; --left) {
    std::swap(entries_[left - 1], entries_[random.below(left)]);
  }
}

/// By largest remainders; the order of the strata decides between equal ones.
std::vector<std::uint64_t> example_index::quotas(std::uint64_t count) const {
  const std::uint64_t all = entries_.size();
  const std::size_t n = stratum_sizes_.size();
  std::vector<std::uint64_t> quota(n);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto remainder = [&](std::size_t i) { return stratum_sizes_[i] * count % all; };
  std::ranges::stable_sort(order, std::greater(), remainder);
  std::uint64_t given = 0;
  for (std::size_t i = 0; i < n; ++i) given += quota[i] = stratum_sizes_[i] * count / all;
  for (const std::size_t i : order) {
    if (given < count && quota[i] + 1 < stratum_sizes_[i]) {
      ++quota[i];
      ++given;
    }
  }
  for (std::size_t i = 0; i < n; ++i) quota[i] = std::min(quota[i], stratum_sizes_[i] - 1);
  return quota;
}

void example_index::split(std::uint64_t count) {
  if (count == 0 || entries_.empty()) return;
  std::vector<std::uint64_t> left = quotas(std::min<std::uint64_t>(count, entries_.size() - 1));
  std::vector<bool> decided(groups_.size());
  for (const entry& e : entries_) {
    if (decided[e.group]) continue;
    decided[e.group] = true;
    group& g = groups_[e.group];
    g.is_validation = g.count <= left[g.stratum];
    if (g.is_validation) left[g.stratum] -= g.count;
  }
}

}  // namespace batchmill::fine_tuning
