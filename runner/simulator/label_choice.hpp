// Chooses the label that fits a text best, so that simulated classifications look plausible.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "runner/simulator/labels.hpp"

namespace batchmill::simulator_detail {

/// The index of the label whose own words, description and related words occur most in `texts`.
/// When none does: a label such as "other", else what `hash` says. `labels` is not empty.
std::size_t choose_label(std::span<const label> labels, std::span<const std::string_view> texts,
                         std::uint64_t hash);

}  // namespace batchmill::simulator_detail
