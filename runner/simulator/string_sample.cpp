#include "runner/simulator/string_sample.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/pattern_sample.hpp"
#include "runner/simulator/prose.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::int64_t longest = 100'000;

std::string date(dice& die) {
  const auto year = 2000 + die.below(30), month = 1 + die.below(12), day = 1 + die.below(28);
  return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

std::string time_of_day(dice& die) {
  const auto hour = die.below(24), minute = die.below(60), second = die.below(60);
  return fmt::format("{:02}:{:02}:{:02}Z", hour, minute, second);
}

std::string uuid(dice& die) {
  const auto high = die.next(), low = die.next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                     high & 0xfff, low >> 52, low & 0xffffffffffff);
}

std::string address(dice& die, bool six) {
  const auto bits = die.next();
  if (six) return fmt::format("2001:db8::{:x}:{:x}", bits & 0xffff, bits >> 16 & 0xffff);
  return fmt::format("192.0.2.{}", bits % 254 + 1);
}

std::string formatted(std::string_view format, dice& die) {
  if (format == "date") return date(die);
  if (format == "time") return time_of_day(die);
  if (format == "duration") return fmt::format("PT{}M", 1 + die.below(59));
  if (format == "uuid") return uuid(die);
  if (format == "ipv4" || format == "ipv6") return address(die, format == "ipv6");
  const std::string word(some_word(die));
  if (format == "email") return word + "@example.com";
  if (format == "hostname") return word + ".example.com";
  if (format == "uri" || format == "url") return "https://example.com/" + word;
  if (format != "date-time") return {};
  const auto day = date(die);
  return day + "T" + time_of_day(die);
}

std::string of_length(std::string text, std::int64_t least, std::int64_t most, dice& die) {
  while (count_characters(text) < least) text.append(" ").append(some_sentence(die));
  return std::string(first_characters(text, most));
}

}  // namespace

std::string sample_string(const boost::json::object& schema, dice& die) {
  if (const auto pattern = string_or(schema, "pattern", ""); !pattern.empty())
    return sample_pattern(pattern, die);
  if (const auto format = string_or(schema, "format", ""); !format.empty())
    if (auto text = formatted(format, die); !text.empty()) return text;
  const auto least = std::min(integer_or(schema, "minLength", 0), longest);
  const auto most = std::max(least, integer_or(schema, "maxLength", longest));
  return of_length(some_sentence(die), least, most, die);
}

}  // namespace batchmill::simulator_detail
