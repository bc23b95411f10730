// Checks JSON text and copies it without white space, in one pass and without a single value
// parsed.
#pragma once

#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "batchmill/json_scan.hpp"

namespace batchmill::json {

struct fault {
  std::size_t offset;  // in bytes into the text
  const char* what;
};

inline constexpr std::size_t max_depth = 512;

namespace detail {

/// RFC 8259's grammar, with its own stack so that depth costs no recursion.
///
/// All of it is inlined into one function, from where nothing points to the object: so its members
/// are kept in registers. Else each byte written could be part of one, for all the compiler knows.
template <class Scan, bool Copy>
class minifier {
 public:
  [[gnu::always_inline]] minifier(std::string_view text, char* out)
      : begin_(text.data()), p_(begin_), end_(begin_ + text.size()), out_(out) {}

  [[gnu::always_inline]] std::optional<fault> run() {
    space();
    next n = next::value;
    while (n == next::value || n == next::after_value) {
      n = n == next::value ? value() : after_value();
    }
    if (n == next::end) return std::nullopt;
    return fault{static_cast<std::size_t>(p_ - begin_), what_};
  }

  char* out() const { return out_; }

 private:
  /// What does the grammar ask for at `p_`?
  enum class next {
    value,        // the first byte of a value
    after_value,  // a comma, a closing bracket or the end
    end,          // nothing: the text is complete
    fault,        // see what_
  };

  [[gnu::always_inline]] next value() {
    if (p_ == end_) return fail("expected a value, found the end");
    switch (*p_) {
      case '{':
      case '[':
        return open();
      case '"':
        return string() ? next::after_value : next::fault;
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return number() ? next::after_value : next::fault;
    }
  }

  [[gnu::always_inline]] next open() {
    if (depth_ == max_depth) return fail("nested deeper than 512 levels");
    closers_[depth_++] = static_cast<char>(*p_ + 2);  // in ASCII the pairs lie two apart
    put();
    space();
    if (at(closer())) return close();
    return member_or_element();
  }

  [[gnu::always_inline]] next after_value() {
    space();
    if (depth_ == 0) return p_ == end_ ? next::end : fail("expected the end after the value");
    if (at(',')) {
      put();
      space();
      return member_or_element();
    }
    if (at(closer())) return close();
    return fail(in_object() ? "expected ',' or '}'" : "expected ',' or ']'");
  }

  [[gnu::always_inline]] next close() {
    put();
    --depth_;
    return next::after_value;
  }

  [[gnu::always_inline]] next member_or_element() {
    if (!in_object()) return next::value;
    if (!at('"')) return fail("expected a key in quotes");
    if (!string()) return next::fault;
    space();
    if (!at(':')) return fail("expected ':'");
    put();
    space();
    return next::value;
  }

  [[gnu::always_inline]] next literal(std::string_view word) {
    for (const char c : word) {
      if (!at(c)) return fail("expected a value");
      put();
    }
    return next::after_value;
  }

  [[gnu::always_inline]] bool number() {
    if (at('-')) {
      put();
    } else if (!is_digit(*p_)) {
      return refuse(*p_ == '\xEF' && p_ == begin_ ? "starts with a byte order mark"
                                                  : "expected a value");
    }
    if (at('0')) {
      put();
    } else if (!digits()) {
      return false;
    }
    if (p_ == end_ || (*p_ != '.' && (*p_ | 0x20) != 'e')) return true;
    return fraction() && exponent();
  }

  [[gnu::always_inline]] bool fraction() {
    if (!at('.')) return true;
    put();
    return digits();
  }

  [[gnu::always_inline]] bool exponent() {
    if (!at('e') && !at('E')) return true;
    put();
    if (at('+') || at('-')) put();
    return digits();
  }

  [[gnu::always_inline]] bool digits() {
    if (p_ == end_ || !is_digit(*p_)) return refuse("expected a digit");
    do {
      put();
    } while (p_ != end_ && is_digit(*p_));
    return true;
  }

  [[gnu::always_inline]] bool string() {
    put();
    for (;;) {
      const char* stop = Scan::template plain<Copy>(p_, end_, out_);
      if constexpr (Copy) out_ += stop - p_;
      p_ = stop;
      if (at('"')) break;
      const special found = take_special(p_, end_, out_);
      p_ = found.p;
      out_ = found.out;
      if (found.what != nullptr) return refuse(found.what);
    }
    put();
    return true;
  }

  /// Behind an escape or behind bytes that are not ASCII; `what` is null unless they are at fault.
  struct special {
    const char* p;
    char* out;
    const char* what;
  };

  /// Rare, and by value: the object's members stay where they are.
  [[gnu::noinline]] static special take_special(const char* p, const char* end, char* out) {
    special s{p, out, nullptr};
    if (p == end) {
      s.what = "a string without its closing quote";
    } else if (*p == '\\') {
      escape(s, end);
    } else if (static_cast<unsigned char>(*p) < 0x20) {
      s.what = "a control character in a string";
    } else {
      multibyte(s, end);
    }
    return s;
  }

  static void multibyte(special& s, const char* end) {
    do {
      std::size_t length = 0;
      if (end - s.p >= 4 && (length = short_utf8_length(s.p)) != 0) {
        if constexpr (Copy) std::memcpy(s.out, s.p, 4);  // `out` has room for all that is left
        s.out += Copy ? length : 0;
        s.p += length;
        continue;
      }
      length = utf8_length(s.p, end);
      if (length == 0) {
        s.what = "not valid UTF-8";
        return;
      }
      while (length-- > 0) put(s);
    } while (s.p != end && static_cast<unsigned char>(*s.p) >= 0x80);
  }

  static void escape(special& s, const char* end) {
    put(s);
    if (s.p == end) {
      s.what = "a string without its closing quote";
    } else if (*s.p == 'u') {
      unicode_escape(s, end);
    } else if (meaning_of_escape(*s.p) == 0) {
      s.what = "no such escape in a string";
    } else {
      put(s);
    }
  }

  static void unicode_escape(special& s, const char* end) {
    put(s);
    for (int i = 0; i < 4; ++i) {
      const char low = s.p == end ? '\0' : static_cast<char>(*s.p | 0x20);
      if (s.p == end || !(is_digit(*s.p) || (low >= 'a' && low <= 'f'))) {
        s.what = "expected four hexadecimal digits";
        return;
      }
      put(s);
    }
  }

  static void put(special& s) {
    if constexpr (Copy) *s.out++ = *s.p;
    ++s.p;
  }

  /// Most gaps are nothing or one blank; only after those is the bulk scan worth its start.
  [[gnu::always_inline]] void space() {
    if (p_ == end_ || !is_space(*p_)) return;
    if (++p_ == end_ || !is_space(*p_)) return;
    p_ = Scan::after_space(p_, end_);
  }

  [[gnu::always_inline]] void put() {
    if constexpr (Copy) *out_++ = *p_;
    ++p_;
  }

  [[gnu::always_inline]] bool at(char c) const { return p_ != end_ && *p_ == c; }
  [[gnu::always_inline]] char closer() const { return closers_[depth_ - 1]; }
  [[gnu::always_inline]] bool in_object() const { return closer() == '}'; }

  [[gnu::always_inline]] next fail(const char* what) {
    what_ = what;
    return next::fault;
  }

  [[gnu::always_inline]] bool refuse(const char* what) {
    what_ = what;
    return false;
  }

  const char* begin_;
  const char* p_;
  const char* end_;
  char* out_;
  const char* what_ = "";
  std::size_t depth_ = 0;
  char closers_[max_depth];  // what closes each open container
};

/// Short texts take the way over the stack: a string would be filled with zeros first, and be
/// longer than what comes of it.
template <class Scan>
std::optional<fault> minify(std::string_view text, std::string& out) {
  char shorter[4096];
  const bool is_short = text.size() <= sizeof shorter;
  const std::size_t before = out.size();
  if (!is_short) out.resize(before + text.size());
  char* const to = is_short ? shorter : out.data() + before;
  minifier<Scan, true> m(text, to);
  const std::optional<fault> result = m.run();
  const auto written = result ? 0 : static_cast<std::size_t>(m.out() - to);
  if (is_short) {
    out.append(shorter, written);
  } else {
    out.resize(before + written);
  }
  return result;
}

template <class Scan>
std::optional<fault> validate(std::string_view text) {
  return minifier<Scan, false>(text, nullptr).run();
}

}  // namespace detail

/// Appends `text` to `out` without insignificant white space, after checking that it is exactly one
/// JSON value (RFC 8259). Numbers, strings, duplicate keys and lone surrogate escapes pass as they
/// are; nesting goes up to max_depth; invalid UTF-8 and control characters in strings are faults.
/// On a fault `out` is as before. `text` must not lie in `out`.
inline std::optional<fault> minify(std::string_view text, std::string& out) {
  return detail::minify<detail::best_scan>(text, out);
}

inline std::optional<fault> validate(std::string_view text) {
  return detail::validate<detail::best_scan>(text);
}

}  // namespace batchmill::json
