#include "runner/model_advice.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

#include "batchmill/error.hpp"

namespace batchmill {
namespace {

/// Of the model in the spec; where the rows name it, of the input.
std::string place_of_model(const job_spec& spec, const std::string& model) {
  return spec.where(model == spec.model ? "model" : "input.path");
}

}  // namespace

void require_prices(const job_spec& spec, const model_catalogue& models, const row_job& job,
                    row_source& rows) {
  if (!spec.limits.budget || rows.files().empty()) return;
  const row first(0, std::string(rows.peek()),
                  std::make_shared<const std::string>(rows.files().front()), 1);
  const auto prepared = job.prepare(first);
  if (!prepared) return;  // it fails alone, as do others like it
  const auto model = models.find(prepared->model);
  if (model && most_cost(*model, 1, prepared->max_output_tokens) && prepared->price_factor > 0) {
    return;
  }
  throw usage_error(fmt::format(
      "{}: what requests to {} cost is not known, so no budget can be kept; {}",
      spec.where("limits.budget"),
      prepared->model.empty() ? "this endpoint" : "the model " + prepared->model,
      prepared->price_factor > 0 ? "add its prices to a file that `models` names"
                                 : "remove the budget, or the tools or service tier that are "
                                   "charged otherwise than by token"));
}

std::function<void(const prepared_request&)> adviser(const job_spec& spec,
                                                     const model_catalogue& models,
                                                     run_observer& observer) {
  return [&spec, &models, &observer](const prepared_request& first) {
    const std::string place = place_of_model(spec, first.model);
    for (const std::string& sentence :
         model_warnings(models, first.model, spec.endpoint, first.request.body, today())) {
      observer.notice(severity::warning, place + ": " + sentence);
    }
    if (!spec.limits.budget || first.output_bounded) return;
    observer.notice(severity::warning,
                    fmt::format("{}: the requests do not bound their output, so the budget may be "
                                "passed by what is in flight; set `max_completion_tokens` in "
                                "`parameters`",
                                spec.where("limits.budget")));
  };
}

std::string today() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(now));
}

}  // namespace batchmill
