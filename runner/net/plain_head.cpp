#include "runner/net/plain_head.hpp"

#include <array>
#ifdef __SSE2__
#include <emmintrin.h>

#include <bit>
#endif

#include "batchmill/http.hpp"

namespace batchmill {
namespace {

using detail::equal_ignoring_case;

// The full parser has a bound, and says so when it is passed.
constexpr std::size_t largest_head = 16 * 1024;
constexpr std::size_t most_digits = 18;

constexpr bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

constexpr auto name_characters = [] {
  std::array<bool, 256> known{};
  for (std::size_t c = 0; c < known.size(); ++c) known[c] = is_name_character(static_cast<char>(c));
  return known;
}();

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

/// The first control character in [p, end), or `end`.
const char* find_control(const char* p, const char* end) {
#ifdef __SSE2__
  const __m128i last_control = _mm_set1_epi8(0x1F);
  const __m128i del = _mm_set1_epi8(0x7F);
  for (; end - p >= 16; p += 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, last_control), v);
    const int found = _mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(v, del)));
    if (found != 0) return p + std::countr_zero(static_cast<unsigned>(found));
  }
#endif
  while (p != end && !is_control(*p)) ++p;
  return p;
}

bool is_in_name(char c) {
  return name_characters[static_cast<unsigned char>(c)];
}

/// The first character in [p, end) that no field name has, or `end`.
const char* find_name_end(const char* p, const char* end) {
#ifdef __SSE2__
  const auto is_among = [](__m128i v, char first, char more) {
    const __m128i from_first = _mm_sub_epi8(v, _mm_set1_epi8(first));
    return _mm_cmpeq_epi8(_mm_min_epu8(from_first, _mm_set1_epi8(more)), from_first);
  };
  while (end - p >= 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i letter = is_among(_mm_or_si128(v, _mm_set1_epi8(0x20)), 'a', 25);
    const __m128i digit = is_among(v, '0', 9);
    const __m128i dash = _mm_cmpeq_epi8(v, _mm_set1_epi8('-'));
    const int usual = _mm_movemask_epi8(_mm_or_si128(letter, _mm_or_si128(digit, dash)));
    const int length = std::countr_one(static_cast<unsigned>(usual));
    p += length;
    if (length == 16) continue;
    if (!is_in_name(*p)) return p;
    ++p;
  }
#endif
  while (p != end && is_in_name(*p)) ++p;
  return p;
}

bool ends_line(const char* p, const char* end) {
  return end - p >= 2 && p[0] == '\r' && p[1] == '\n';
}

std::optional<std::uint64_t> read_digits(std::string_view text) {
  if (text.empty() || text.size() > most_digits) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

class head_reader {
 public:
  explicit head_reader(std::string_view bytes)
      : begin_(bytes.data()), p_(begin_), end_(begin_ + bytes.size()) {}

  std::optional<plain_head> read() {
    if (!status_line()) return std::nullopt;
    const char* fields = p_;
    while (!ends_line(p_, end_)) {
      if (!field_line()) return std::nullopt;
    }
    if (!has_length_) return std::nullopt;
    head_.fields = {fields, static_cast<std::size_t>(p_ - fields)};
    head_.size = static_cast<std::size_t>(p_ + 2 - begin_);
    return head_;
  }

 private:
  bool status_line() {
    constexpr std::string_view version = "HTTP/1.1 ";
    const std::string_view line(p_, static_cast<std::size_t>(end_ - p_));
    if (line.size() < version.size() + 4 || !line.starts_with(version)) return false;
    const auto status = read_digits(line.substr(version.size(), 3));
    if (!status || *status < 200 || *status == 204 || *status == 304) return false;
    if (line[version.size() + 3] != ' ') return false;
    head_.status = static_cast<int>(*status);
    return to_next_line(p_ + version.size() + 4);
  }

  /// Only "Name: value", with that one blank: as the lines are kept.
  bool field_line() {
    const char* name = p_;
    const char* colon = find_name_end(p_, end_);
    if (colon == name || end_ - colon < 3 || colon[0] != ':' || colon[1] != ' ') return false;
    const char* value = colon + 2;
    if (!to_next_line(value)) return false;
    const char* last = p_ - 3;
    if (last < value || *value == ' ' || *last == ' ') return false;
    return note({name, static_cast<std::size_t>(colon - name)},
                {value, static_cast<std::size_t>(last + 1 - value)});
  }

  bool to_next_line(const char* from) {
    p_ = find_control(from, end_);
    if (!ends_line(p_, end_)) return false;
    p_ += 2;
    return true;
  }

  /// What decides over the body. Lengths are compared first: most names have none of these.
  bool note(std::string_view name, std::string_view value) {
    switch (name.size()) {
      case 7:
        return !equal_ignoring_case(name, "upgrade");
      case 10:
        return !equal_ignoring_case(name, "connection") || equal_ignoring_case(value, "keep-alive");
      case 14:
        return !equal_ignoring_case(name, "content-length") || note_length(value);
      case 16:
        head_.coded = head_.coded || equal_ignoring_case(name, "content-encoding");
        return !equal_ignoring_case(name, "proxy-connection");
      case 17:
        return !equal_ignoring_case(name, "transfer-encoding");
      default:
        return true;
    }
  }

  bool note_length(std::string_view value) {
    const auto length = read_digits(value);
    if (!length || has_length_) return false;
    has_length_ = true;
    head_.length = *length;
    return true;
  }

  const char* begin_;
  const char* p_;
  const char* end_;
  bool has_length_ = false;
  plain_head head_;
};

}  // namespace

std::optional<plain_head> read_plain_head(std::string_view bytes) {
  return head_reader(bytes.substr(0, largest_head)).read();
}

}  // namespace batchmill
