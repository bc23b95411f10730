// The tokens of what a request defines besides its messages: tools, and the schema of the answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "batchmill/json_text.hpp"
#include "jobs/tokens/model_tokens.hpp"

namespace batchmill::tokens {

/// Counts raw JSON strings as what they mean.
class text_counter {
 public:
  explicit text_counter(const token_encoding& encoding) : encoding_(encoding) {}

  /// `raw` with its quotes; anything but a string counts as it is written.
  std::int64_t count(std::string_view raw) const {
    if (raw.size() < 2 || raw.front() != '"') return count_plain(raw);
    const std::string_view inner = raw.substr(1, raw.size() - 2);
    if (inner.find('\\') == std::string_view::npos) return count_plain(inner);
    thread_local std::string text;
    text.clear();
    return count_plain(json::append_unquoted(raw, text) ? std::string_view(text) : inner);
  }

  std::int64_t count_plain(std::string_view text) const {
    return static_cast<std::int64_t>(encoding_.count(text));
  }

 private:
  const token_encoding& encoding_;
};

/// Of the value of `tools` or `functions`. OpenAI's cookbook calls it an estimate.
std::int64_t tool_tokens(std::string_view tools, const text_counter& texts,
                         const overheads& around);

/// Of a `response_format` or `text.format`: nothing unless it has a schema.
std::int64_t schema_tokens(std::string_view format, const text_counter& texts);

}  // namespace batchmill::tokens
