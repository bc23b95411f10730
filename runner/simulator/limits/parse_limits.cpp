// The options of limits, as they are written on a command line.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>

#include "batchmill/duration.hpp"
#include "batchmill/error.hpp"
#include "batchmill/simulation.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill {

using simulator_detail::split;
using simulator_detail::trim;

namespace {

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

// "30%" is 0.3.
std::optional<double> parse_percent(std::string_view text) {
  if (!text.ends_with('%')) return {};
  const auto value = parse_number(text.substr(0, text.size() - 1));
  if (!value || *value < 0 || *value > 100) return {};
  return *value / 100;
}

// "20s=x0.5"
std::optional<simulated_limit_change> parse_change(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return {};
  const auto after = parse_duration(trim(text.substr(0, equals)));
  const auto factor = trim(text.substr(equals + 1));
  if (!after || !factor.starts_with('x')) return {};
  const auto value = parse_number(factor.substr(1));
  if (!value || *value <= 0) return {};
  return simulated_limit_change{*after, *value};
}

std::optional<simulated_tenants> parse_tenants(std::string_view text) {
  const auto comma = text.find(',');
  const auto range = trim(text.substr(0, comma));
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) return {};
  const auto least = parse_percent(trim(range.substr(0, dash)));
  const auto most = parse_percent(trim(range.substr(dash + 1)));
  if (!least || !most) return {};
  simulated_tenants tenants{*least, *most};
  if (comma == std::string_view::npos) return tenants;
  const auto period = parse_duration(trim(text.substr(comma + 1)));
  if (!period) return {};
  tenants.period = *period;
  return tenants;
}

void check_tenants(const simulated_tenants& others) {
  if (!(others.least >= 0 && others.least <= others.most && others.most < 1))
    throw usage_error(
        "Other tenants take from a smaller to a larger part of the limit, and never all of it, "
        "such as 30%-60%.");
  if (others.most > 0 && others.period < std::chrono::milliseconds(100))
    throw usage_error("The period of other tenants is at least 100ms.");
}

void check_changes(const std::vector<simulated_limit_change>& changes) {
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (i > 0 && changes[i].after <= changes[i - 1].after)
      throw usage_error(fmt::format("The limit change at {} must come after the one at {}.",
                                    format_duration(changes[i].after),
                                    format_duration(changes[i - 1].after)));
    if (!(changes[i].factor > 0)) throw usage_error("A limit changes by a factor above 0.");
  }
}

void check_shape(const simulated_limits& limits) {
  using model = simulated_limit_model;
  constexpr auto minute = std::chrono::seconds(60);
  const bool windows = limits.model == model::minute || limits.model == model::sliding;
  if (limits.window != minute && !windows)
    throw usage_error("A limit window belongs to the limit models minute and sliding only.");
  if (limits.burst != minute && limits.model != model::continuous)
    throw usage_error("A limit burst belongs to the limit model continuous only.");
  if (limits.window < std::chrono::milliseconds(10) || limits.window > minute)
    throw usage_error("A limit window lasts from 10ms to 60s.");
  if (limits.burst < std::chrono::milliseconds(1) || limits.burst > minute)
    throw usage_error("A limit burst lasts from 1ms to 60s.");
}

}  // namespace

simulated_limit_model parse_simulated_limit_model(std::string_view text) {
  if (text == "continuous") return simulated_limit_model::continuous;
  if (text == "second") return simulated_limit_model::second;
  if (text == "minute") return simulated_limit_model::minute;
  if (text == "sliding") return simulated_limit_model::sliding;
  throw usage_error(fmt::format(
      "There is no limit model \"{}\"; the known ones are continuous, second, minute and sliding.",
      text));
}

simulated_token_cost parse_simulated_token_cost(std::string_view text) {
  if (text == "max") return simulated_token_cost::larger;
  if (text == "sum") return simulated_token_cost::sum;
  if (text == "used") return simulated_token_cost::used;
  if (text == "input") return simulated_token_cost::input;
  throw usage_error(fmt::format(
      "There is no token cost \"{}\"; the known ones are max, sum, used and input.", text));
}

double parse_simulated_header_share(std::string_view text) {
  if (text == "all") return 1;
  if (text == "none") return 0;
  if (const auto share = parse_percent(text); share && *share > 0) return *share;
  throw usage_error(
      fmt::format("The limit headers \"{}\" are not understood: write all, none, or the share of "
                  "answers that carry them, such as 25%.",
                  text));
}

std::vector<simulated_limit_change> parse_simulated_limit_changes(std::string_view text) {
  std::vector<simulated_limit_change> changes;
  for (const auto entry : split(text, ',')) {
    const auto change = parse_change(trim(entry));
    if (!change)
      throw usage_error(
          fmt::format("The limit change \"{}\" is not understood: write a time after the first "
                      "request and a factor above 0 of the original limit, such as 20s=x0.5.",
                      trim(entry)));
    changes.push_back(*change);
  }
  return changes;
}

simulated_tenants parse_simulated_tenants(std::string_view text) {
  if (const auto tenants = parse_tenants(text)) return *tenants;
  throw usage_error(
      fmt::format("The other tenants \"{}\" are not understood: write the smallest and the largest "
                  "part of the limit that they take, and perhaps a period, such as 30%-60%,20s.",
                  text));
}

void check_simulated_limits(const simulated_limits& limits) {
  check_shape(limits);
  check_tenants(limits.others);
  check_changes(limits.changes);
  if (limits.max_concurrency < 0) throw usage_error("The concurrency must not be negative.");
  if (limits.concurrency_status != 429 && limits.concurrency_status != 503)
    throw usage_error("Too many requests at once are refused with 429 or 503.");
}

}  // namespace batchmill
