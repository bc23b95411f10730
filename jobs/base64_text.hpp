// Bytes that stand in JSON as base64 (RFC 4648, section 4).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace batchmill::jobs {

/// Nothing where `text` is no base64. The padding may be missing.
std::optional<std::string> from_base64(std::string_view text);

/// The same in two steps, for those who have a place for the bytes: how many are they, if `text` is
/// base64 at all?
std::size_t base64_size(std::string_view text);

/// Writes them to `out`. False where `text` is no base64.
bool decode_base64(std::string_view text, char* out);

/// How much there was of a text, and how many bytes it stood for.
struct decoded_text {
  std::size_t length = 0;
  std::size_t bytes = 0;
};

/// Decodes what stands before the first quote in `text`. Needs room for the bytes of all of it.
/// Nothing where there is no quote, or no base64 before it.
std::optional<decoded_text> decode_base64_to_quote(std::string_view text, char* out);

namespace detail {

/// As decode_base64, on any processor: what the fast way is compared with.
bool decode_base64_plainly(std::string_view text, char* out);

}  // namespace detail

}  // namespace batchmill::jobs
