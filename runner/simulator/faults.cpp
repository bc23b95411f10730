#include "runner/simulator/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "batchmill/error.hpp"
#include "runner/simulator/dice.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill {

namespace simulator_detail {

namespace {

struct named_fault {
  std::string_view name;
  fault kind;
};

constexpr named_fault kinds[] = {{"408", fault::status_408},
                                 {"409", fault::status_409},
                                 {"429", fault::status_429},
                                 {"500", fault::status_500},
                                 {"502", fault::status_502},
                                 {"503", fault::status_503},
                                 {"slow_down", fault::slow_down},
                                 {"quota", fault::quota},
                                 {"key", fault::key},
                                 {"html", fault::html},
                                 {"reset", fault::reset},
                                 {"slow", fault::slow},
                                 {"drop", fault::drop},
                                 {"truncate", fault::truncate},
                                 {"malformed", fault::malformed},
                                 {"failed", fault::failed},
                                 {"off_schema", fault::off_schema}};

std::string known_kinds() {
  std::string list;
  for (const auto& kind : kinds) list.append(list.empty() ? "" : ", ").append(kind.name);
  return list;
}

double parse_probability(std::string_view entry, std::string_view text) {
  const bool percent = text.ends_with('%');
  const auto number = text.substr(0, text.size() - (percent ? 1 : 0));
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  const bool whole = error == std::errc{} && end == number.data() + number.size();
  if (percent) value /= 100;
  if (whole && value >= 0 && value <= 1) return value;
  throw usage_error(fmt::format(
      "The fault \"{}\" needs a share between 0 and 1, such as 429=1% or 429=0.01.", entry));
}

simulated_fault parse_fault(std::string_view entry) {
  const auto equals = entry.find('=');
  const auto name = trim(entry.substr(0, equals));
  if (!find_fault(name))
    throw usage_error(
        fmt::format("There is no fault \"{}\"; the known ones are {}.", name, known_kinds()));
  if (equals == std::string_view::npos) return {std::string(name), parse_probability(entry, "")};
  return {std::string(name), parse_probability(entry, trim(entry.substr(equals + 1)))};
}

}  // namespace

std::optional<fault> find_fault(std::string_view name) {
  for (const auto& kind : kinds)
    if (kind.name == name) return kind.kind;
  return std::nullopt;
}

fault_plan::fault_plan(const std::vector<simulated_fault>& faults, std::uint64_t seed)
    : seed_(seed) {
  double sum = 0;
  for (const auto& [name, probability] : faults) {
    const auto kind = find_fault(name);
    if (!kind)
      throw usage_error(
          fmt::format("There is no fault \"{}\"; the known ones are {}.", name, known_kinds()));
    shares_.push_back({*kind, sum += probability});
  }
}

fault fault_plan::draw(std::uint64_t request_hash) {
  if (shares_.empty()) return fault::none;
  dice die(hash_pair(hash_pair(seed_, request_hash), hits(request_hash)));
  const double x = die.uniform();
  for (const auto& [kind, up_to] : shares_) {
    if (x >= up_to) continue;
    hits_.increment(request_hash);
    return kind;
  }
  return fault::none;
}

std::optional<fault> fault_plan::forced(std::string_view header) {
  if (const auto always = find_fault(header)) return always;
  const auto dash = header.rfind('-');
  if (dash == std::string_view::npos || dash + 1 == header.size()) return std::nullopt;
  const auto once = find_fault(header.substr(0, dash));
  if (!once) return std::nullopt;
  const auto value = hash_text(header);
  if (forced_.count(value) > 0) return fault::none;
  forced_.increment(value);
  return once;
}

}  // namespace simulator_detail

std::vector<simulated_fault> parse_simulated_faults(std::string_view text) {
  using namespace simulator_detail;
  std::vector<simulated_fault> faults;
  if (trim(text).empty()) return faults;
  double sum = 0;
  for (auto entry : split(text, ',')) {
    auto parsed = parse_fault(trim(entry));
    for (const auto& other : faults)
      if (other.kind == parsed.kind)
        throw usage_error(fmt::format("The fault \"{}\" is given twice.", parsed.kind));
    sum += parsed.probability;
    faults.push_back(std::move(parsed));
  }
  if (sum > 1 + 1e-9)
    throw usage_error(fmt::format("The shares of the faults \"{}\" add up to more than 1.", text));
  return faults;
}

}  // namespace batchmill
