// Goes through nested JSON with one look at each byte, where json::for_each_member looks again at
// what is within a value.
#pragma once

#include <string_view>

#include "batchmill/json_text.hpp"

namespace batchmill::json {

/// Behind the value that begins at `p`.
inline const char* behind_value(const char* p, const char* end) {
  return detail::skip_value(p, end);
}

/// Calls f(raw_key, p) for the members of the valid object that begins at `p`: with the place where
/// the value begins, for the place behind it. Returns the place behind the object, or behind what
/// stands there instead.
template <class F>
const char* walk_members(const char* p, const char* end, F f) {
  if (p == end || *p != '{') return behind_value(p, end);
  for (;;) {
    const char* key = detail::skip_space(p + 1, end);
    if (key == end) return end;
    if (*key != '"') return key + 1;  // the closing brace of an empty object
    const char* key_end = detail::skip_string(key, end);
    p = detail::skip_space(key_end, end);
    if (p == end || *p != ':') return end;
    p = f(detail::slice(key, key_end), detail::skip_space(p + 1, end));
    p = detail::skip_space(p, end);
    if (p == end) return end;
    if (*p != ',') return p + 1;
  }
}

/// The same for the elements of the valid array that begins at `p`: calls f(p) with the place where
/// each begins, for the place behind it.
template <class F>
const char* walk_elements(const char* p, const char* end, F f) {
  if (p == end || *p != '[') return behind_value(p, end);
  for (;;) {
    p = detail::skip_space(p + 1, end);
    if (p == end) return end;
    if (*p == ']') return p + 1;  // of an empty array
    p = detail::skip_space(f(p), end);
    if (p == end) return end;
    if (*p != ',') return p + 1;
  }
}

}  // namespace batchmill::json
