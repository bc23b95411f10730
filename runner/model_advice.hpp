// What is said about models and prices before anything is sent.
#pragma once

#include <functional>

#include "batchmill/job.hpp"
#include "batchmill/models.hpp"
#include "batchmill/observer.hpp"
#include "runner/engine/row_source.hpp"

namespace batchmill {

/// With a budget the price of what the first row asks for must be known. Throws usage_error.
void require_prices(const job_spec& spec, const model_catalogue& models, const row_job& job,
                    row_source& rows);

/// To be called with the first request to each model: warns of a model that is gone or ends soon,
/// that has another endpoint, or that refuses a parameter. All must outlive it.
std::function<void(const prepared_request&)> adviser(const job_spec& spec,
                                                     const model_catalogue& models,
                                                     run_observer& observer);

/// YYYY-MM-DD, UTC.
std::string today();

}  // namespace batchmill
