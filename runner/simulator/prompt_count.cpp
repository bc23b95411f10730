#include "runner/simulator/prompt_count.hpp"

#include "batchmill/tokens.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

std::int64_t count_prompt(std::string_view endpoint, std::string_view body, std::string_view model,
                          std::int64_t estimate) {
  if (body.empty() || token_encoding_name(model).empty()) return estimate;
  return count_prompt_tokens(endpoint, body, model).value_or(estimate);
}

std::int64_t count_text(std::string_view text, std::string_view model) {
  const token_encoding* encoding = find_token_encoding(token_encoding_name(model));
  if (!encoding) return estimate_tokens(text);
  return static_cast<std::int64_t>(encoding->count(text));
}

}  // namespace batchmill::simulator_detail
