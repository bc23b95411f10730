#include "runner/engine/request_price.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace batchmill {
namespace {

constexpr std::int64_t no_bound = std::numeric_limits<std::int64_t>::max();

/// What a request asks for, of however many rows.
struct demand {
  std::int64_t most_prompt = 0;  // tokens, however the server counts
  std::optional<std::int64_t> counted;
  std::int64_t output = 0;
  bool bounded = false;
  float factor = 1;
};

/// A model cannot read more than its context.
std::int64_t bounded_prompt(std::int64_t tokens, const model_info& facts) {
  const auto context = facts.max_input ? facts.max_input : facts.context;
  return context ? std::min(tokens, *context) : tokens;
}

std::int64_t most_prompt(const shipment& s) {
  std::int64_t sum = 0;
  for (const parcel& p : s.rows()) {
    const std::int64_t own = p.prepared.most_prompt_tokens;
    sum = own == no_bound || sum == no_bound ? no_bound : sum + own;
  }
  return sum;
}

std::optional<request_price> price_of(const demand& d, const model_info& facts,
                                      const output_record& outputs, billing how) {
  if (d.factor <= 0 || d.most_prompt == no_bound) return std::nullopt;
  std::int64_t most = d.output;
  if (!d.bounded) {
    const std::int64_t own = std::max(d.output, facts.max_output.value_or(d.output));
    most = outputs.expect_at_most(own);
  }
  const auto fare_with = [&](std::int64_t prompt) -> std::optional<fare> {
    const auto at_least = most_cost(facts, prompt, std::min(d.output, most), how);
    const auto at_most = most_cost(facts, prompt, most, how);
    if (!at_least || !at_most) return std::nullopt;
    return fare(scaled(*at_least, d.factor), scaled(*at_most, d.factor));
  };
  const auto safe = fare_with(d.most_prompt);
  if (!safe) return std::nullopt;
  request_price price;
  price.whatever_it_counts = *safe;
  price.as_counted = d.counted ? fare_with(*d.counted).value_or(*safe) : *safe;
  return price;
}

}  // namespace

money scaled(money amount, float factor) {
  if (factor == 1) return amount;
  return money(std::llround(static_cast<double>(amount.pico()) * static_cast<double>(factor)));
}

std::optional<request_price> price_of(const shipment& s, const model_info& facts,
                                      const output_record& outputs, billing how) {
  const prepared_request& first = s.first().prepared;
  demand d;
  d.most_prompt = most_prompt(s);
  if (s.size() == 1) d.most_prompt = bounded_prompt(d.most_prompt, facts);
  d.counted = exact_prompt(s);
  d.output = s.max_output_tokens();
  d.bounded = first.output_bounded;
  d.factor = first.price_factor;
  return price_of(d, facts, outputs, how);
}

std::optional<request_price> price_of(const prepared_request& p, const model_info& facts,
                                      const output_record& outputs, billing how) {
  demand d;
  d.most_prompt = bounded_prompt(p.most_prompt_tokens, facts);
  if (p.prompt_exact) d.counted = p.prompt_tokens;
  d.output = p.max_output_tokens;
  d.bounded = p.output_bounded;
  d.factor = p.price_factor;
  return price_of(d, facts, outputs, how);
}

std::optional<std::int64_t> exact_prompt(const shipment& s) {
  const bool known =
      std::ranges::all_of(s.rows(), [](const parcel& p) { return p.prepared.prompt_exact; });
  return known ? std::optional(s.prompt_tokens()) : std::nullopt;
}

}  // namespace batchmill
