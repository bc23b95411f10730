// What tokens cost. Prices are whole numbers of the smallest amount, so that sums are exact.
#include <algorithm>
#include <cmath>

#include "batchmill/models.hpp"

namespace batchmill {

namespace {

/// Dollars per million tokens are millionths of a dollar per token.
constexpr double pico_per_token = 1e6;

/// Nothing when it is not known what `tokens` cost; none of them cost nothing.
std::optional<money> amount(std::int64_t tokens, std::optional<double> price, double factor) {
  if (tokens <= 0) return money();
  if (!price) return std::nullopt;
  const double each = std::round(*price * factor * pico_per_token);
  const double all = each * static_cast<double>(tokens);
  if (all > 9e18) return money::dollars(9.2e6);
  return money(static_cast<std::int64_t>(each) * tokens);
}

const token_prices* prices_for(const model_info& model, billing how) {
  if (how == billing::online) return &model.prices;
  return model.batch_prices ? &*model.batch_prices : nullptr;
}

/// The factors for a prompt of this length.
long_context factors_for(const model_info& model, std::int64_t prompt) {
  const long_context& rule = model.long_prompts;
  return rule.above > 0 && prompt > rule.above ? rule : long_context();
}

std::optional<money> sum(std::optional<money> a, std::optional<money> b) {
  if (!a || !b) return std::nullopt;
  return *a + *b;
}

}  // namespace

std::optional<money> cost_of(const model_info& model, const token_usage& used, billing how) {
  const token_prices* prices = prices_for(model, how);
  if (prices == nullptr) return std::nullopt;
  const long_context factors = factors_for(model, used.prompt);
  const std::int64_t cached = std::clamp<std::int64_t>(used.cached, 0, used.prompt);
  const std::int64_t written =
      std::clamp<std::int64_t>(used.cache_written, 0, used.prompt - cached);
  const auto cached_price = prices->cached_input ? prices->cached_input : prices->input;
  auto total = amount(used.prompt - cached - written, prices->input, factors.input);
  total = sum(total, amount(written, prices->input, factors.input * model.cache_write));
  total = sum(total, amount(cached, cached_price, factors.cached_input));
  return sum(total, amount(used.completion, prices->output, factors.output));
}

std::optional<money> most_cost(const model_info& model, std::int64_t prompt, std::int64_t output,
                               billing how) {
  const token_prices* prices = prices_for(model, how);
  if (prices == nullptr) return std::nullopt;
  const long_context factors = factors_for(model, prompt);
  const double written = std::max(1.0, model.cache_write);
  return sum(amount(prompt, prices->input, factors.input * written),
             amount(output, prices->output, factors.output));
}

}  // namespace batchmill
