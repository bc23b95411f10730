// "Did you mean ...?": the name that is closest to a misspelt one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace batchmill {
namespace detail {

inline std::string without_case_and_joints(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (c == '-' || c == '_' || c == ' ') continue;
    letters += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return letters;
}

}  // namespace detail

/// Letters added, dropped, replaced, or swapped with their neighbour (optimal string alignment).
/// Case, and `-`, `_` or nothing between words, do not count.
inline std::size_t typing_errors(std::string_view left, std::string_view right) {
  const std::string a = detail::without_case_and_joints(left);
  const std::string b = detail::without_case_and_joints(right);
  std::vector<std::size_t> before(b.size() + 1);  // the row of i - 2
  std::vector<std::size_t> above(b.size() + 1);   // the row of i - 1
  std::vector<std::size_t> here(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    here[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = above[j] + (a[i] == b[j] ? 0 : 1);
      here[j + 1] = std::min({above[j + 1] + 1, here[j] + 1, replaced});
      const bool swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (swapped) here[j + 1] = std::min(here[j + 1], before[j - 1] + 1);
    }
    std::swap(before, above);
    std::swap(above, here);
  }
  return above.back();
}

/// The name that `wrong` was most likely meant to be; empty when none is near.
inline std::string_view nearest_name(std::string_view wrong,
                                     std::span<const std::string_view> names) {
  constexpr std::size_t longest = 64;  // what is longer is no misspelt name
  if (wrong.empty() || wrong.size() > longest) return {};
  std::string_view best;
  std::size_t fewest = std::max<std::size_t>(1, wrong.size() / 3) + 1;
  for (const std::string_view name : names) {
    if (name.size() > longest) continue;
    const std::size_t errors = typing_errors(wrong, name);
    // A name of which no letter is right is no guess.
    if (errors >= fewest || errors >= name.size()) continue;
    fewest = errors;
    best = name;
  }
  return best;
}

}  // namespace batchmill
