// What a request may cost, told before it is sent. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "batchmill/job.hpp"
#include "batchmill/models.hpp"
#include "runner/engine/shipment.hpp"
#include "runner/flow/budget.hpp"
#include "runner/flow/output_record.hpp"

namespace batchmill {

/// A server may count prompts in another way than we do, so there are two prices.
struct request_price {
  request_price() = default;

  fare whatever_it_counts;
  fare as_counted;  // if it counts as we do; the same where we only estimate
};

/// What a price in the list comes to in a service tier.
money scaled(money amount, float factor);

/// Nothing when the price is not known. `outputs` tells how long answers are where the request does
/// not bound them.
std::optional<request_price> price_of(const shipment& s, const model_info& facts,
                                      const output_record& outputs, billing how);
std::optional<request_price> price_of(const prepared_request& p, const model_info& facts,
                                      const output_record& outputs, billing how);

/// Tokens of all prompts, when they are known exactly.
std::optional<std::int64_t> exact_prompt(const shipment& s);

}  // namespace batchmill
