#include "runner/simulator/batches/enqueued_tokens.hpp"

#include <fmt/format.h>

#include "batchmill/grouped_number.hpp"

namespace batchmill::simulator_detail {

bool enqueued_tokens::enter(const std::string& batch, const std::string& model,
                            std::int64_t tokens) {
  auto sum = tokens;
  for (const auto& [id, other] : batches_) sum += other.model == model ? other.tokens : 0;
  if (is_limited() && sum > limit_) return false;
  batches_[batch] = {model, tokens};
  return true;
}

void enqueued_tokens::leave(const std::string& batch) {
  batches_.erase(batch);
}

std::string enqueued_tokens::refusal_text(std::string_view model) const {
  return fmt::format(
      "Enqueued token limit reached for {} in organization org-simulated. Limit: {} enqueued "
      "tokens. Please try again once some in_progress batches have been completed.",
      model, with_separators(static_cast<std::uint64_t>(limit_)));
}

}  // namespace batchmill::simulator_detail
