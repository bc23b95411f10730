// JSON as text: check it, cut out slices, quote strings. Nothing here builds a document or ever
// re-encodes a number or a string, so what passes through keeps its bytes.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "batchmill/json_minify.hpp"  // fault, minify, validate
#include "batchmill/json_scan.hpp"

namespace batchmill::json {

enum class kind { object, array, string, number, boolean, null, invalid };

namespace detail {

inline const char* skip_space(const char* p, const char* end) {
  return p != end && is_space(*p) ? best_scan::after_space(p, end) : p;
}

/// From an opening quote to behind the closing one.
inline const char* skip_string(const char* p, const char* end) {
  return best_scan::string_end(p + 1, end);
}

inline const char* skip_container(const char* p, const char* end) {
  for (std::size_t depth = 0; p != end; p = best_scan::quote_or_bracket(p, end)) {
    if (*p == '"') {
      p = skip_string(p, end);
      continue;
    }
    const bool opens = *p == '{' || *p == '[';
    ++p;
    if (opens) {
      ++depth;
    } else if (--depth == 0) {
      return p;
    }
  }
  return end;
}

inline const char* skip_value(const char* p, const char* end) {
  if (p == end) return p;
  if (*p == '"') return skip_string(p, end);
  if (*p == '{' || *p == '[') return skip_container(p, end);
  while (p != end && *p != ',' && *p != '}' && *p != ']' && !is_space(*p)) ++p;
  return p;
}

inline std::string_view slice(const char* from, const char* to) {
  return {from, static_cast<std::size_t>(to - from)};
}

/// Writes the UTF-8 of a code point, at most four bytes. Returns the place behind it.
inline char* put_utf8(char* out, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
    return out;
  }
  if (c < 0x800) {
    put(0xC0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      put(0xE0 | (c >> 12));
    } else {
      put(0xF0 | (c >> 18));
      put(0x80 | ((c >> 12) & 0x3F));
    }
    put(0x80 | ((c >> 6) & 0x3F));
  }
  put(0x80 | (c & 0x3F));
  return out;
}

inline void append_utf8(std::string& out, std::uint32_t c) {
  char bytes[4];
  out.append(bytes, put_utf8(bytes, c));
}

/// The code unit of "\uXXXX" at `p`, if that stands there.
inline std::optional<std::uint32_t> code_unit(const char* p, const char* end) {
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return std::nullopt;
  std::uint32_t unit = 0;
  for (int i = 2; i < 6; ++i) {
    const char low = static_cast<char>(p[i] | 0x20);
    const bool is_letter = low >= 'a' && low <= 'f';
    if (!is_letter && !is_digit(p[i])) return std::nullopt;
    unit = unit << 4 | static_cast<std::uint32_t>(is_letter ? low - 'a' + 10 : p[i] - '0');
  }
  return unit;
}

/// Writes what the escape at `p` means, at most four bytes, to `out`, which moves behind it.
/// Returns the place behind the escape, null when there is none. Half a surrogate pair means
/// U+FFFD.
inline const char* unescape(const char* p, const char* end, char*& out) {
  if (end - p < 2) return nullptr;
  if (const char meaning = meaning_of_escape(p[1])) {
    *out++ = meaning;
    return p + 2;
  }
  const auto unit = code_unit(p, end);
  if (!unit) return nullptr;
  if (*unit < 0xD800 || *unit >= 0xE000) {
    out = put_utf8(out, *unit);
    return p + 6;
  }
  const auto second = code_unit(p + 6, end);
  if (*unit < 0xDC00 && second && *second >= 0xDC00 && *second < 0xE000) {
    out = put_utf8(out, 0x10000 + ((*unit - 0xD800) << 10) + (*second - 0xDC00));
    return p + 12;
  }
  out = put_utf8(out, 0xFFFD);
  return p + 6;
}

/// The same, appending it.
inline const char* unescape(const char* p, const char* end, std::string& out) {
  char meaning[4];
  char* behind = meaning;
  const char* const next = unescape(p, end, behind);
  out.append(meaning, behind);
  return next;
}

/// Writes what stands in a raw JSON string, within its quotes, to `out`, which has room for as
/// much. Returns the place behind it, null when these bytes cannot stand in one.
inline char* unquote_inner(std::string_view inner, char* out) {
  const char* const end = inner.data() + inner.size();
  for (const char* p = inner.data();;) {
    const char* const stop = best_scan::copy_to_quote_or_backslash(p, end, out);
    out += stop - p;
    p = stop;
    while (p != end && *p == '\\') {
      p = unescape(p, end, out);
      if (p == nullptr) return nullptr;
    }
    if (p == end) return out;
    if (*p == '"') return nullptr;
  }
}

inline void append_quoted_special(std::string& out, char c) {
  constexpr std::string_view short_ones = "\"\\\b\f\n\r\t";
  constexpr std::string_view letters = "\"\\bfnrt";
  constexpr std::string_view hex = "0123456789abcdef";
  out += '\\';
  const std::size_t at = short_ones.find(c);
  if (at != std::string_view::npos) {
    out += letters[at];
  } else {
    out += "u00";
    out += hex[static_cast<std::size_t>(c) >> 4];
    out += hex[static_cast<std::size_t>(c) & 15];
  }
}

}  // namespace detail

/// What kind of value does valid JSON text hold?
inline kind kind_of(std::string_view raw) {
  const char* end = raw.data() + raw.size();
  const char* p = detail::skip_space(raw.data(), end);
  if (p == end) return kind::invalid;
  switch (*p) {
    case '{':
      return kind::object;
    case '[':
      return kind::array;
    case '"':
      return kind::string;
    case 't':
    case 'f':
      return kind::boolean;
    case 'n':
      return kind::null;
    default:
      return *p == '-' || detail::is_digit(*p) ? kind::number : kind::invalid;
  }
}

/// Calls f(raw_key_with_quotes, raw_value) for the members of a valid object in order, until f
/// returns false. Of anything but an object it calls nothing.
template <class F>
void for_each_member(std::string_view object, F f) {
  const char* end = object.data() + object.size();
  const char* p = detail::skip_space(object.data(), end);
  if (p == end || *p != '{') return;
  for (;;) {
    p = detail::skip_space(p + 1, end);
    if (p == end || *p != '"') return;
    const char* key_end = detail::skip_string(p, end);
    const std::string_view key = detail::slice(p, key_end);
    p = detail::skip_space(key_end, end);
    if (p == end || *p != ':') return;
    p = detail::skip_space(p + 1, end);
    const char* value_end = detail::skip_value(p, end);
    if (!f(key, detail::slice(p, value_end))) return;
    p = detail::skip_space(value_end, end);
    if (p == end || *p != ',') return;
  }
}

/// Calls f(raw_value) for the elements of a valid array in order, until f returns false.
template <class F>
void for_each_element(std::string_view array, F f) {
  const char* end = array.data() + array.size();
  const char* p = detail::skip_space(array.data(), end);
  if (p == end || *p != '[') return;
  for (;;) {
    p = detail::skip_space(p + 1, end);
    if (p == end || *p == ']') return;
    const char* value_end = detail::skip_value(p, end);
    if (!f(detail::slice(p, value_end))) return;
    p = detail::skip_space(value_end, end);
    if (p == end || *p != ',') return;
  }
}

/// A JSON string of UTF-8 text. Each byte that is not valid UTF-8 becomes U+FFFD.
inline std::string quote(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size() + 2);
  out += '"';
  const char* end = utf8.data() + utf8.size();
  for (const char* p = utf8.data(); p != end;) {
    const char* stop = detail::best_scan::plain<false>(p, end, nullptr);
    out.append(p, stop);
    p = stop;
    if (p == end) break;
    if (static_cast<unsigned char>(*p) < 0x80) {
      detail::append_quoted_special(out, *p++);
      continue;
    }
    const std::size_t length = detail::utf8_length(p, end);
    out += length == 0 ? std::string_view("\xEF\xBF\xBD") : std::string_view(p, length);
    p += length == 0 ? 1 : length;
  }
  out += '"';
  return out;
}

/// Appends the UTF-8 text of a raw JSON string, quotes included, to `out`; false when `raw` is
/// none. Half a surrogate pair becomes U+FFFD.
inline bool append_unquoted(std::string_view raw, std::string& out) {
  if (raw.size() < 2 || raw.front() != '"' || raw.back() != '"') return false;
  const std::size_t before = out.size();
  out.resize(before + raw.size());
  const char* const behind =
      detail::unquote_inner(raw.substr(1, raw.size() - 2), out.data() + before);
  out.resize(behind == nullptr ? before : static_cast<std::size_t>(behind - out.data()));
  return behind != nullptr;
}

/// The same as a string of its own; nullopt when `raw` is none.
inline std::optional<std::string> unquote(std::string_view raw) {
  std::optional<std::string> out(std::in_place);
  if (!append_unquoted(raw, *out)) out.reset();
  return out;
}

/// Does a raw key, quotes included, mean `name`? Escapes in it count as what they stand for.
inline bool key_is(std::string_view raw_key, std::string_view name) {
  if (raw_key.size() < name.size() + 2) return false;
  const std::string_view inner = raw_key.substr(1, raw_key.size() - 2);
  // An escape is longer than what it stands for.
  if (inner.size() == name.size() && inner != name) return false;
  if (inner.find('\\') == std::string_view::npos) return inner == name;
  return unquote(raw_key) == name;
}

/// The raw value of a member of a valid object; nullopt when it has none of that name or `object`
/// is something else. Of duplicate keys the last counts, as with most parsers.
inline std::optional<std::string_view> member(std::string_view object, std::string_view key) {
  std::optional<std::string_view> found;
  for_each_member(object, [&](std::string_view raw_key, std::string_view value) {
    if (key_is(raw_key, key)) found = value;
    return true;
  });
  return found;
}

/// A number that is written as an integer and fits.
inline std::optional<std::int64_t> integer(std::string_view raw) {
  std::int64_t value = 0;
  const char* end = raw.data() + raw.size();
  const auto [stop, error] = std::from_chars(raw.data(), end, value);
  if (raw.empty() || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace batchmill::json
