// What a plain scalar means (YAML 1.2, core schema), and numbers as specs write them.
#include "runner/spec/scalars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

#include "runner/spec/utf8.hpp"

namespace batchmill::spec {

namespace {

constexpr std::string_view decimal_digits = "0123456789";

std::string_view take(std::string_view& text, std::string_view characters) {
  const auto taken = text.substr(0, text.find_first_not_of(characters));
  text.remove_prefix(taken.size());
  return taken;
}

bool take_one(std::string_view& text, std::string_view characters) {
  if (text.empty() || characters.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// [-+]? whole . fraction [eE] exponent, split; the views point into the text.
struct number_parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::string_view exponent;  // with its sign
  bool has_point = false;
};

std::optional<number_parts> split_number(std::string_view text) {
  number_parts parts;
  parts.negative = text.starts_with('-');
  take_one(text, "+-");
  parts.whole = take(text, decimal_digits);
  parts.has_point = take_one(text, ".");
  if (parts.has_point) parts.fraction = take(text, decimal_digits);
  if (parts.whole.empty() && parts.fraction.empty()) return {};
  if (take_one(text, "eE")) {
    const auto begin = text;
    take_one(text, "+-");
    if (take(text, decimal_digits).empty()) return {};
    parts.exponent = begin.substr(0, begin.size() - text.size());
  }
  if (!text.empty()) return {};
  return parts;
}

int base_of(std::string_view text) {
  if (text.size() < 3 || text[0] != '0') return 10;
  const auto digits = text.substr(2);
  const auto only = [digits](std::string_view allowed) {
    return digits.find_first_not_of(allowed) == std::string_view::npos;
  };
  if (text[1] == 'x' && only("0123456789abcdefABCDEF")) return 16;
  if (text[1] == 'o' && only("01234567")) return 8;
  return 10;
}

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, text) != words.end();
}

constexpr auto booleans =
    std::to_array<std::string_view>({"true", "True", "TRUE", "false", "False", "FALSE"});
constexpr auto infinities = std::to_array<std::string_view>({".inf", ".Inf", ".INF"});
constexpr auto not_numbers = std::to_array<std::string_view>({".nan", ".NaN", ".NAN"});

bool is_not_finite(std::string_view text) {
  if (is_one_of(text, not_numbers)) return true;
  take_one(text, "+-");
  return is_one_of(text, infinities);
}

}  // namespace

scalar_kind kind_of(const node& scalar) {
  if (scalar.quoted) return scalar_kind::text;
  const std::string_view text = scalar.text;
  if (is_one_of(text, booleans)) return scalar_kind::boolean;
  if (is_not_finite(text)) return scalar_kind::not_finite;
  if (base_of(text) != 10) return scalar_kind::integer;
  const auto parts = split_number(text);
  if (!parts) return scalar_kind::text;
  const bool whole = !parts->has_point && parts->exponent.empty();
  return whole ? scalar_kind::integer : scalar_kind::real;
}

std::optional<std::string> as_json_number(std::string_view plain) {
  if (const int base = base_of(plain); base != 10) {
    std::uint64_t value = 0;
    const auto end = plain.data() + plain.size();
    if (std::from_chars(plain.data() + 2, end, value, base).ec != std::errc()) return {};
    return std::to_string(value);
  }
  const auto parts = split_number(plain);
  if (!parts) return {};
  const auto first = std::min(parts->whole.find_first_not_of('0'), parts->whole.size());
  const auto whole = parts->whole.substr(first);
  std::string json = parts->negative ? "-" : "";
  json += whole.empty() ? "0" : whole;
  if (!parts->fraction.empty()) json.append(".").append(parts->fraction);
  // "5." is a float; a server may care.
  if (parts->has_point && parts->fraction.empty() && parts->exponent.empty()) json += ".0";
  if (parts->exponent.empty()) return json;
  const auto mark = plain.find_first_of("eE");
  return json.append(1, plain[mark]).append(parts->exponent);
}

std::optional<double> parse_decimal(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto is_digit = [&](std::size_t at) {
      return at < text.size() && decimal_digits.find(text[at]) != std::string_view::npos;
    };
    if (text[i] != '_') {
      digits += text[i];
    } else if (i == 0 || !is_digit(i - 1) || !is_digit(i + 1)) {
      return {};
    }
  }
  const auto parts = split_number(digits);
  if (!parts) return {};
  // 010 is eight to some and ten to others.
  if (parts->whole.size() > 1 && parts->whole[0] == '0') return {};
  double value = 0;
  const auto begin = digits.data() + (digits[0] == '+' ? 1 : 0);
  const auto end = digits.data() + digits.size();
  if (std::from_chars(begin, end, value).ec != std::errc() || !std::isfinite(value)) return {};
  return value;
}

std::string in_one_line(std::string_view text) {
  constexpr std::size_t most = 40;
  std::string line(text.substr(0, most));
  std::ranges::replace_if(
      line, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  if (text.size() <= most) return line;
  auto end = most;
  while (end > 0 && continues_character(text[end])) --end;
  return line.substr(0, end) + "…";
}

std::string describe(const node& value) {
  switch (value.kind) {
    case node_kind::null:
      return "nothing";
    case node_kind::list:
      return "a list";
    case node_kind::mapping:
      return "a mapping";
    case node_kind::scalar:
      break;
  }
  const auto text = in_one_line(value.text);
  return value.quoted ? fmt::format("the text \"{}\"", text) : text;
}

}  // namespace batchmill::spec
