#include "jobs/vector.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>

#include "batchmill/json_text.hpp"
#include "jobs/base64_text.hpp"

namespace batchmill::jobs {
namespace {

static_assert(std::endian::native == std::endian::little, "base64 and .npy are little-endian");

std::optional<embedding> from_text(std::string_view raw) {
  std::string_view digits = raw.substr(1, raw.size() - 2);
  std::string plain;
  if (digits.find('\\') != std::string_view::npos) {  // a slash may be escaped in JSON
    plain = json::unquote(raw).value_or("?");
    digits = plain;
  }
  const std::size_t size = base64_size(digits);
  if (size == 0 || size % sizeof(float) != 0) return std::nullopt;
  embedding values(size / sizeof(float));
  if (!decode_base64(digits, reinterpret_cast<char*>(values.data()))) return std::nullopt;
  return values;
}

std::optional<embedding> from_array(std::string_view raw) {
  embedding values;
  bool good = true;
  json::for_each_element(raw, [&](std::string_view number) {
    float value = 0;
    const char* end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, value);
    // What is too small for a float is read as zero by everybody.
    const bool tiny = error == std::errc::result_out_of_range &&
                      std::fabs(std::strtod(std::string(number).c_str(), nullptr)) < 1;
    if (tiny) value = 0;
    good = stop == end && (error == std::errc() || tiny);
    values.push_back(value);
    return good;
  });
  if (!good || values.empty()) return std::nullopt;
  return values;
}

/// Rounded to the nearest, to even where two are equally near.
std::uint16_t half_of(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000);
  const std::uint32_t size = bits & 0x7FFFFFFF;
  if (size > 0x7F800000) return static_cast<std::uint16_t>(sign | 0x7E00);
  if (size >= 0x47800000) return static_cast<std::uint16_t>(sign | 0x7C00);
  if (size < 0x38800000) {
    // Below the smallest normal half, adding 0.5 leaves the rounded digits at the end.
    const float shifted = std::bit_cast<float>(size) + 0.5F;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3F000000));
  }
  const std::uint32_t odd = size >> 13 & 1;
  return static_cast<std::uint16_t>(sign | ((size - 0x38000000 + 0xFFF + odd) >> 13));
}

}  // namespace

std::optional<embedding> read_embedding(std::string_view raw) {
  std::optional<embedding> values;
  if (json::kind_of(raw) == json::kind::string) values = from_text(raw);
  if (json::kind_of(raw) == json::kind::array) values = from_array(raw);
  if (!values) return std::nullopt;
  if (!are_finite(*values)) return std::nullopt;
  return values;
}

bool are_finite(std::span<const float> values) {
  // Two at a time: the sum reaches a number's top bit where all bits of the exponent are set.
  constexpr std::uint64_t exponents = 0x7F8000007F800000;
  constexpr std::uint64_t lowest = 0x0080000000800000;
  std::uint64_t sums = 0;
  for (; values.size() >= 2; values = values.subspan(2)) {
    std::uint64_t two = 0;
    std::memcpy(&two, values.data(), sizeof two);
    sums |= (two & exponents) + lowest;
  }
  return (sums & 0x8000000080000000) == 0 && (values.empty() || std::isfinite(values.front()));
}

std::string to_json(const embedding& values) {
  constexpr std::size_t longest = 16;  // "-1.1754944e-38,"
  std::string text(values.size() * longest + 2, '\0');
  char* at = text.data();
  char* const end = at + text.size();
  *at++ = '[';
  for (const float value : values) {
    at = std::to_chars(at, end, value).ptr;
    *at++ = ',';
  }
  if (!values.empty()) --at;
  *at++ = ']';
  text.resize(static_cast<std::size_t>(at - text.data()));
  return text;
}

std::string to_bytes(const embedding& values, number_type numbers) {
  embedding copy = values;
  const std::size_t size = make_bytes(copy, numbers);
  return {reinterpret_cast<const char*>(copy.data()), size};
}

std::size_t make_bytes(std::span<float> values, number_type numbers) {
  if (numbers == number_type::float32) return values.size_bytes();
  auto* out = reinterpret_cast<char*>(values.data());
  for (const float value : values) {
    const std::uint16_t half = half_of(value);
    std::memcpy(out, &half, sizeof half);
    out += sizeof half;
  }
  return values.size() * sizeof(std::uint16_t);
}

void scale_to_one(std::span<float> values) {
  double squares = 0;
  for (const float value : values) squares += static_cast<double>(value) * value;
  if (squares == 0) return;
  const double length = std::sqrt(squares);
  for (float& value : values) value = static_cast<float>(value / length);
}

embedding average(const std::vector<embedding>& parts, const std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  embedding result(parts.front().size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    double value = 0;
    for (std::size_t part = 0; part < parts.size(); ++part) {
      value += parts[part][i] * weights[part];
    }
    result[i] = static_cast<float>(value / sum);
  }
  return result;
}

}  // namespace batchmill::jobs
