// Small helpers on text: ASCII case, trimming, splitting, counting.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace batchmill::simulator_detail {

inline char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
inline bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Letters, digits and everything beyond ASCII.
inline bool is_word(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || static_cast<unsigned char>(c) > 127;
}

bool equal_ignoring_case(std::string_view a, std::string_view b);
bool contains_ignoring_case(std::string_view text, std::string_view lowercase_part);

/// Where `lowercase_part` begins in `text` from `from` on, in any case; npos when nowhere.
std::size_t find_ignoring_case(std::string_view text, std::string_view lowercase_part,
                               std::size_t from = 0);

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

/// An address on the web, or an image as a data URL.
bool is_image_url(std::string_view text);

/// Code points of UTF-8 text.
std::int64_t count_characters(std::string_view text);

/// The rule of thumb by which the API limits requests: four characters a token.
inline std::int64_t estimate_tokens(std::int64_t characters) {
  return (characters + 3) / 4;
}
inline std::int64_t estimate_tokens(std::string_view text) {
  return estimate_tokens(count_characters(text));
}

/// The first `count` characters of `text`, never half of one.
std::string_view first_characters(std::string_view text, std::int64_t count);

}  // namespace batchmill::simulator_detail
