#include "jobs/base64_text.hpp"

#include <array>
#include <cstdint>
#if defined(__x86_64__) && defined(__GNUC__)
#define BATCHMILL_HAS_FAST_BASE64 1
#include <immintrin.h>
#endif

namespace batchmill::jobs {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t no_digit = 1U << 24;

using place_values = std::array<std::array<std::uint32_t, 256>, 4>;

/// What each character is worth at each of the four places of a group.
constexpr place_values make_values() {
  place_values values{};
  for (unsigned place = 0; place < 4; ++place) {
    values[place].fill(no_digit);
    for (std::uint32_t i = 0; i < alphabet.size(); ++i) {
      values[place][static_cast<unsigned char>(alphabet[i])] = i << (18 - 6 * place);
    }
  }
  return values;
}

constexpr place_values values = make_values();

std::uint32_t value_at(unsigned place, char c) {
  return values[place][static_cast<unsigned char>(c)];
}

std::string_view without_padding(std::string_view text) {
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return text;
}

/// The last two or three characters of a text without padding.
bool decode_rest(std::string_view rest, char* out) {
  if (rest.empty()) return true;
  if (rest.size() == 1) return false;
  std::uint32_t group = value_at(0, rest[0]) | value_at(1, rest[1]);
  if (rest.size() == 3) group |= value_at(2, rest[2]);
  if (group >= no_digit) return false;
  out[0] = static_cast<char>(group >> 16);
  if (rest.size() == 3) out[1] = static_cast<char>(group >> 8);
  return true;
}

bool decode_groups(std::string_view text, char* out) {
  for (; text.size() >= 4; text.remove_prefix(4), out += 3) {
    const std::uint32_t group =
        value_at(0, text[0]) | value_at(1, text[1]) | value_at(2, text[2]) | value_at(3, text[3]);
    if (group >= no_digit) return false;
    out[0] = static_cast<char>(group >> 16);
    out[1] = static_cast<char>(group >> 8);
    out[2] = static_cast<char>(group);
  }
  return decode_rest(text, out);
}

#ifdef BATCHMILL_HAS_FAST_BASE64

/// 16 bytes for the lower half of a register, and the same for the upper one.
[[gnu::target("avx2")]] __m256i twice(const std::array<std::int8_t, 16>& bytes) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(&bytes)));
}

/// The six bits of each of 32 characters; `good` becomes false where one is no digit.
///
/// The upper four bits of a character tell which range of the alphabet it can be in, and so what
/// has to be added to it; only '/' shares them with '+' and has another offset. Each range is a bit
/// in `ranges`, and `excluded` has for the lower four bits the ranges that have no such character.
[[gnu::target("avx2")]] __m256i digits(__m256i text, bool& good) {
  constexpr std::array<std::int8_t, 16> ranges = {16, 16, 1,  2,  4,  8,  4,  8,
                                                  16, 16, 16, 16, 16, 16, 16, 16};
  constexpr std::array<std::int8_t, 16> excluded = {21, 17, 17, 17, 17, 17, 17, 17,
                                                    17, 17, 19, 26, 27, 27, 27, 26};
  constexpr std::array<std::int8_t, 16> offsets = {0, 16, 19, 4, -65, -65, -71, -71,
                                                   0, 0,  0,  0, 0,   0,   0,   0};
  const __m256i low_half = _mm256_set1_epi8(0x0F);
  const __m256i upper = _mm256_and_si256(_mm256_srli_epi32(text, 4), low_half);
  const __m256i lower = _mm256_and_si256(text, low_half);
  const __m256i range = _mm256_shuffle_epi8(twice(ranges), upper);
  const __m256i wrong = _mm256_shuffle_epi8(twice(excluded), lower);
  good = _mm256_testz_si256(range, wrong) != 0;
  const __m256i slash = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('/'));  // -1 where it is one
  const __m256i offset = _mm256_shuffle_epi8(twice(offsets), _mm256_add_epi8(upper, slash));
  return _mm256_add_epi8(text, offset);
}

/// Groups of four times six bits become three bytes, which stand together at the beginning.
[[gnu::target("avx2")]] __m256i packed(__m256i sixes) {
  constexpr std::array<std::int8_t, 16> order = {2, 1,  0,  6,  5,  4,  10, 9,
                                                 8, 14, 13, 12, -1, -1, -1, -1};
  const __m256i twelves = _mm256_maddubs_epi16(sixes, _mm256_set1_epi32(0x01400140));
  const __m256i groups = _mm256_madd_epi16(twelves, _mm256_set1_epi32(0x00011000));
  const __m256i halves = _mm256_shuffle_epi8(groups, twice(order));
  return _mm256_permutevar8x32_epi32(halves, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

/// Takes off the front what it can. Writes 32 bytes for 24, so what is left behind must be at least
/// that much more.
[[gnu::target("avx2")]] void decode_fast(std::string_view& text, char*& out) {
  constexpr std::size_t enough = 32 + 16;
  while (text.size() >= enough) {
    bool good = true;
    const auto* from = reinterpret_cast<const __m256i*>(text.data());
    const __m256i sixes = digits(_mm256_loadu_si256(from), good);
    if (!good) return;
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), packed(sixes));
    text.remove_prefix(32);
    out += 24;
  }
}

#endif

/// Takes off the front of `text` what can be decoded in bulk.
void decode_bulk([[maybe_unused]] std::string_view& text, [[maybe_unused]] char*& out) {
#ifdef BATCHMILL_HAS_FAST_BASE64
  static const bool is_fast = __builtin_cpu_supports("avx2");
  if (is_fast) decode_fast(text, out);
#endif
}

}  // namespace

namespace detail {

bool decode_base64_plainly(std::string_view text, char* out) {
  return decode_groups(without_padding(text), out);
}

}  // namespace detail

std::size_t base64_size(std::string_view text) {
  return without_padding(text).size() * 3 / 4;
}

bool decode_base64(std::string_view text, char* out) {
  text = without_padding(text);
  decode_bulk(text, out);
  return decode_groups(text, out);
}

std::optional<decoded_text> decode_base64_to_quote(std::string_view text, char* out) {
  std::string_view rest = text;
  char* behind = out;
  decode_bulk(rest, behind);
  const std::size_t quote = rest.find('"');
  if (quote == std::string_view::npos) return std::nullopt;
  rest = without_padding(rest.substr(0, quote));
  if (!decode_groups(rest, behind)) return std::nullopt;
  decoded_text found;
  found.length = static_cast<std::size_t>(rest.data() - text.data()) + quote;
  found.bytes = static_cast<std::size_t>(behind - out) + rest.size() * 3 / 4;
  return found;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes(base64_size(text), '\0');
  if (!decode_base64(text, bytes.data())) return std::nullopt;
  return bytes;
}

}  // namespace batchmill::jobs
