#include "runner/simulator/latency.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>

#include "batchmill/duration.hpp"
#include "batchmill/error.hpp"
#include "runner/simulator/dice.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill {

namespace {

constexpr double largest_sigma = 5;

std::optional<double> parse_sigma(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!(value >= 0 && value <= largest_sigma)) return std::nullopt;
  return value;
}

}  // namespace

simulated_latency parse_simulated_latency(std::string_view text) {
  using simulator_detail::trim;
  const auto comma = text.find(',');
  const auto median = parse_duration(trim(text.substr(0, comma)));
  std::optional<double> sigma = 0.0;
  if (comma != std::string_view::npos) sigma = parse_sigma(trim(text.substr(comma + 1)));
  if (median && *median >= duration::zero() && sigma) return {*median, *sigma};
  throw usage_error(
      fmt::format("The latency \"{}\" is not understood: write a duration such as 300ms, or a "
                  "median and the sigma of its logarithm (0 to {}) such as 300ms,0.5.",
                  text, largest_sigma));
}

namespace simulator_detail {

duration sample_latency(const simulated_latency& latency, std::uint64_t seed) {
  if (latency.sigma <= 0 || latency.median <= duration::zero()) return latency.median;
  dice die(seed);
  const double factor = std::exp(latency.sigma * die.normal());
  constexpr auto longest = std::chrono::hours(24);
  const auto sampled = std::chrono::duration<double, duration::period>(latency.median) * factor;
  if (sampled >= longest) return longest;
  return std::chrono::duration_cast<duration>(sampled);
}

std::optional<duration> latency_in(const boost::json::object& body) {
  const auto* metadata = body.if_contains("metadata");
  if (metadata == nullptr || !metadata->is_object()) return std::nullopt;
  const auto* wanted = metadata->get_object().if_contains("simulate_latency");
  if (wanted == nullptr || !wanted->is_string()) return std::nullopt;
  return parse_duration(wanted->get_string());
}

}  // namespace simulator_detail

}  // namespace batchmill
