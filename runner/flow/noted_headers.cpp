#include "runner/flow/noted_headers.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace batchmill {
namespace {

/// In the order of noted_header, in lower case.
constexpr std::array<std::string_view, noted_header_count> names{
    "date",
    "x-request-id",
    "x-should-retry",
    "retry-after",
    "retry-after-ms",
    "x-ratelimit-limit-requests",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-reset-requests",
    "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-tokens",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-limit-project-tokens",
    "x-ratelimit-remaining-project-tokens",
    "x-ratelimit-reset-project-tokens",
};

/// The first CR in [p, end), or `end`.
const char* find_line_end(const char* p, const char* end) {
#ifdef __SSE2__
  for (; end - p >= 16; p += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const int found = _mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('\r')));
    if (found != 0) return p + std::countr_zero(static_cast<unsigned>(found));
  }
#endif
  while (p != end && *p != '\r') ++p;
  return p;
}

/// For each length, a bit for each name that has it.
constexpr auto of_length = [] {
  std::array<std::uint16_t, 40> bits{};
  for (std::size_t i = 0; i < names.size(); ++i) {
    bits.at(names[i].size()) |= static_cast<std::uint16_t>(1U << i);
  }
  return bits;
}();

/// Calls f(i) for each of `bits` until it returns true.
template <class F>
void for_each_bit(unsigned bits, F f) {
  for (; bits != 0; bits &= bits - 1) {
    if (f(static_cast<std::size_t>(std::countr_zero(bits)))) return;
  }
}

}  // namespace

noted_headers::noted_headers(const http_response& response) {
  const char* line = response.head.data();
  const char* const end = line + response.head.size();
  while (line != end) {
    const char* const stop = find_line_end(line, end);
    const char first = detail::lower(*line);
    if (first == 'x' || first == 'r' || first == 'd')
      note({line, static_cast<std::size_t>(stop - line)});
    line = end - stop > 2 ? stop + 2 : end;
  }
}

/// Servers mostly write names in lower case, so that is tried first.
void noted_headers::note(std::string_view line) {
  const std::string_view name = line.substr(0, line.find(':'));
  if (name.size() >= of_length.size() || name.size() == line.size()) return;
  std::size_t found = noted_header_count;
  for_each_bit(of_length[name.size()], [&](std::size_t i) {
    if (name == names[i]) found = i;
    return found == i;
  });
  if (found == noted_header_count) {
    for_each_bit(of_length[name.size()], [&](std::size_t i) {
      if (detail::equal_ignoring_case(name, names[i])) found = i;
      return found == i;
    });
  }
  if (found == noted_header_count || values_[found].data() != nullptr) return;
  values_[found] = detail::trimmed(line.substr(name.size() + 1));
}

}  // namespace batchmill
