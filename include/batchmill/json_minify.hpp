// Checks JSON text and copies it without white space, in one pass and without a single value
// parsed.
#pragma once

#include <cstddef>
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
template <class Scan, bool Copy>
class minifier {
 public:
  minifier(std::string_view text, char* out)
      : begin_(text.data()), p_(begin_), end_(begin_ + text.size()), out_(out) {}

  std::optional<fault> run() {
    space();
    next n = value();
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

  next value() {
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

  next open() {
    if (depth_ == max_depth) return fail("nested deeper than 512 levels");
    closers_[depth_++] = static_cast<char>(*p_ + 2);  // in ASCII the pairs lie two apart
    put();
    space();
    if (at(closer())) return close();
    return member_or_element();
  }

  next after_value() {
    space();
    if (depth_ == 0) return p_ == end_ ? next::end : fail("expected the end after the value");
    if (at(closer())) return close();
    if (!at(',')) return fail(in_object() ? "expected ',' or '}'" : "expected ',' or ']'");
    put();
    space();
    return member_or_element();
  }

  next close() {
    put();
    --depth_;
    return next::after_value;
  }

  next member_or_element() {
    if (!in_object()) return next::value;
    if (!at('"')) return fail("expected a key in quotes");
    if (!string()) return next::fault;
    space();
    if (!at(':')) return fail("expected ':'");
    put();
    space();
    return next::value;
  }

  next literal(std::string_view word) {
    for (const char c : word) {
      if (!at(c)) return fail("expected a value");
      put();
    }
    return next::after_value;
  }

  bool number() {
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
    return fraction() && exponent();
  }

  bool fraction() {
    if (!at('.')) return true;
    put();
    return digits();
  }

  bool exponent() {
    if (!at('e') && !at('E')) return true;
    put();
    if (at('+') || at('-')) put();
    return digits();
  }

  bool digits() {
    if (p_ == end_ || !is_digit(*p_)) return refuse("expected a digit");
    do {
      put();
    } while (p_ != end_ && is_digit(*p_));
    return true;
  }

  bool string() {
    put();
    for (;;) {
      const char* stop = Scan::template plain<Copy>(p_, end_, out_);
      if constexpr (Copy) out_ += stop - p_;
      p_ = stop;
      if (at('"')) break;
      if (!(at('\\') ? escape() : multibyte())) return false;
    }
    put();
    return true;
  }

  bool multibyte() {
    if (p_ == end_) return refuse("a string without its closing quote");
    if (static_cast<unsigned char>(*p_) < 0x20) return refuse("a control character in a string");
    do {
      std::size_t length = utf8_length(p_, end_);
      if (length == 0) return refuse("not valid UTF-8");
      while (length-- > 0) put();
    } while (p_ != end_ && static_cast<unsigned char>(*p_) >= 0x80);
    return true;
  }

  bool escape() {
    put();
    if (p_ == end_) return refuse("a string without its closing quote");
    if (*p_ == 'u') return unicode_escape();
    if (std::string_view("\"\\/bfnrt").find(*p_) == std::string_view::npos) {
      return refuse("no such escape in a string");
    }
    put();
    return true;
  }

  bool unicode_escape() {
    put();
    for (int i = 0; i < 4; ++i) {
      const char low = p_ == end_ ? '\0' : static_cast<char>(*p_ | 0x20);
      if (p_ == end_ || !(is_digit(*p_) || (low >= 'a' && low <= 'f'))) {
        return refuse("expected four hexadecimal digits");
      }
      put();
    }
    return true;
  }

  /// Most gaps are nothing or one blank; only after those is the bulk scan worth its start.
  void space() {
    if (p_ == end_ || !is_space(*p_)) return;
    if (++p_ == end_ || !is_space(*p_)) return;
    p_ = Scan::after_space(p_, end_);
  }

  void put() {
    if constexpr (Copy) *out_++ = *p_;
    ++p_;
  }

  bool at(char c) const { return p_ != end_ && *p_ == c; }
  char closer() const { return closers_[depth_ - 1]; }
  bool in_object() const { return closer() == '}'; }

  next fail(const char* what) {
    what_ = what;
    return next::fault;
  }

  bool refuse(const char* what) {
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

template <class Scan>
std::optional<fault> minify(std::string_view text, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + text.size());
  minifier<Scan, true> m(text, out.data() + before);
  const std::optional<fault> result = m.run();
  out.resize(result ? before : static_cast<std::size_t>(m.out() - out.data()));
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
