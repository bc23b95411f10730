// The right name for a wrong one.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace batchmill::spec {

/// Edits between two names: a letter added, dropped, replaced, or swapped with its neighbour.
/// Case, and the choice of `-`, `_` or nothing between words, do not count.
std::size_t distance(std::string_view a, std::string_view b);

/// The candidate that `name` was most likely meant to be; empty when none is near.
std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace batchmill::spec
