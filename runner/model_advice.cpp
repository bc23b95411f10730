#include "runner/model_advice.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string_view>
#include <vector>

#include "batchmill/error.hpp"
#include "batchmill/nearest_name.hpp"

namespace batchmill {
namespace {

/// Of the model in the spec; where the rows name it, of the input.
std::string place_of_model(const job_spec& spec, const std::string& model) {
  return spec.where(model == spec.model ? "model" : "input.path");
}

std::string digits_of(std::string_view name) {
  std::string digits;
  std::ranges::copy_if(name, std::back_inserter(digits),
                       [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

/// The known model that a misspelt name was meant to be; mostly empty. Another number is no
/// misspelling: new models have one.
std::string meant_by(const std::string& name, const model_catalogue& models) {
  constexpr std::size_t most_errors = 2;
  if (name.empty() || models.find(name)) return "";
  std::vector<std::string_view> alike;
  for (const model_info& model : models.all()) {
    if (digits_of(model.name) == digits_of(name)) alike.push_back(model.name);
  }
  const std::string_view best = nearest_name(name, alike);
  return typing_errors(name, best) <= most_errors ? std::string(best) : "";
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
  const billing how = spec.mode == run_mode::batch ? billing::batch : billing::online;
  if (model && most_cost(*model, 1, prepared->max_output_tokens, how) &&
      prepared->price_factor > 0) {
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
    if (const std::string meant = meant_by(first.model, models); !meant.empty()) {
      observer.notice(severity::warning,
                      fmt::format("{}: the model {} is not known; did you mean {}?", place,
                                  first.model, meant));
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
