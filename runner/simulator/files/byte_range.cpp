#include "runner/simulator/files/byte_range.hpp"

#include <algorithm>
#include <charconv>

#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

range_verdict read_range(std::string_view header, std::uint64_t size, byte_range& range) {
  constexpr std::string_view unit = "bytes=";
  range = {0, size};
  if (!equal_ignoring_case(header.substr(0, unit.size()), unit)) return range_verdict::whole;
  const auto given = trim(header.substr(unit.size()));
  const auto dash = given.find('-');
  if (dash == std::string_view::npos) return range_verdict::whole;
  const auto first = number(given.substr(0, dash)), last = number(given.substr(dash + 1));
  if (dash == 0) {  // the last so many
    if (!last) return range_verdict::whole;
    range.begin = size - std::min(size, *last);
  } else {
    const bool open = dash + 1 == given.size();
    if (!first || (!open && (!last || *last < *first))) return range_verdict::whole;
    range.begin = *first;
    if (!open) range.end = *last < size ? *last + 1 : size;
  }
  return range.begin < range.end ? range_verdict::part : range_verdict::unsatisfiable;
}

}  // namespace batchmill::simulator_detail
