#include "jobs/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace batchmill::jobs {

namespace {

constexpr std::size_t longest_compared = 64;

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// Insertions, deletions, changed letters and swapped neighbours; case does not count.
std::size_t typing_errors(std::string_view a, std::string_view b) {
  const auto same = [&](std::size_t i, std::size_t j) { return folded(a[i]) == folded(b[j]); };
  std::vector<std::size_t> before(b.size() + 1);  // the row of i - 2
  std::vector<std::size_t> above(b.size() + 1);   // the row of i - 1
  std::vector<std::size_t> here(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    here[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = above[j] + (same(i, j) ? 0 : 1);
      here[j + 1] = std::min({above[j + 1] + 1, here[j] + 1, changed});
      const bool swapped = i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j);
      if (swapped) here[j + 1] = std::min(here[j + 1], before[j - 1] + 1);
    }
    std::swap(before, above);
    std::swap(above, here);
  }
  return above.back();
}

}  // namespace

std::optional<std::string> nearest(std::string_view wrong, const std::vector<std::string>& names) {
  std::optional<std::string> best;
  std::size_t fewest = std::max<std::size_t>(2, wrong.size() / 3 + 1);
  if (wrong.size() > longest_compared) return best;
  for (const std::string& name : names) {
    if (name.empty() || name.size() > longest_compared) continue;
    const std::size_t errors = typing_errors(wrong, name);
    // A name of which no letter is right is no guess.
    if (errors >= fewest || errors >= std::max(wrong.size(), name.size())) continue;
    fewest = errors;
    best = name;
  }
  return best;
}

std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& names) {
  const auto name = nearest(wrong, names);
  return name ? "; did you mean '" + *name + "'?" : std::string();
}

}  // namespace batchmill::jobs
