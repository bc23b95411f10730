#include "jobs/request_builder.hpp"

#include <algorithm>
#include <utility>

#include "batchmill/json_text.hpp"
#include "jobs/endpoint.hpp"
#include "jobs/field_list.hpp"
#include "jobs/prompt_tokens.hpp"

namespace batchmill::jobs {

namespace {

/// A bound that no model reaches, so that a typing error cannot overflow a rate limiter's sums.
constexpr std::int64_t largest_estimate = 1'000'000'000;

/// Fewer bytes than any model takes tokens.
constexpr std::size_t short_body = 4096;

row_failure not_json(const row& r, std::size_t offset, const std::string& what) {
  return {number_id(r), "invalid_row", place(r) + ":" + std::to_string(offset + 1) + ": " + what};
}

std::int64_t estimate_output(const body_facts& facts, const endpoint_traits& traits) {
  const std::int64_t one = facts.max_output.value_or(traits.output_guess);
  return std::clamp<std::int64_t>(one, 0, largest_estimate) *
         std::min<std::int64_t>(facts.choices, 128);
}

bool is_counted(const std::string& body, token_care care) {
  return care == token_care::exact || body.size() > short_body;
}

/// What the body says goes into the query.
void make_get(http_request& request) {
  request.method = "GET";
  const std::string query = to_query(std::exchange(request.body, ""));
  if (query.empty()) return;
  request.target += request.target.find('?') == std::string::npos ? '?' : '&';
  request.target += query;
}

}  // namespace

request_builder::request_builder(const job_spec& spec, row_format format, endpoint_traits traits)
    : reader_(make_row_reader(spec, format)),
      completion_(spec, traits.defaults),
      traits_(traits),
      shape_(tokens::shape_of_endpoint(spec.endpoint)),
      target_(request_target(spec)),
      names_deployment_(spec.api.flavor == api_flavor::azure &&
                        target_.find(deployment_mark) != std::string::npos),
      method_(spec.method),
      spec_name_(spec.file.empty() ? "the job spec" : spec.file),
      bounds_prompt_(spec.limits.budget.has_value()),
      context_(spec) {
  traits_.needs_model = traits_.needs_model || names_deployment_;
}

boost::system::result<prepared_request, row_failure> request_builder::prepare(
    const row& r, token_care care) const {
  std::string text;
  if (const auto fault = json::minify(r.text, text)) return not_json(r, fault->offset, fault->what);
  if (text.front() != '{') {
    return not_json(r, r.text.find(text.front()), "a row must be a JSON object");
  }
  row_result content = reader_->read(std::move(text), r);
  if (!content) return std::move(content).error();
  prepared_request prepared;
  prepared.custom_id = std::move(content->custom_id);
  std::string& body = prepared.request.body = std::move(content->body);
  body_facts facts = completion_.complete(body);
  if (auto problem = check(facts)) {
    return fail(r, std::move(prepared.custom_id), std::move(*problem));
  }
  prepared.model = std::move(facts.model);
  if (bounds_prompt_) care = token_care::exact;
  if (!traits_.counts_inputs) {
    const auto [tokens, exact] = tokens_of(body, prepared.model, care);
    prepared.prompt_tokens = tokens;
    prepared.prompt_exact = exact;
  } else {
    prepared.prompt_exact = is_counted(body, care) && counts_exactly(shape_, body, prepared.model);
  }
  prepared.max_output_tokens = estimate_output(facts, traits_);
  if (bounds_prompt_) prepared.most_prompt_tokens = most_tokens(body);
  prepared.output_bounded = facts.max_output.has_value() || traits_.output_guess == 0;
  prepared.price_factor = facts.price_factor;
  if (auto problem = context_.judge(prepared, facts)) {
    return fail(r, std::move(prepared.custom_id), std::move(*problem));
  }
  prepared.answered_alike = facts.cold || traits_.answers_alike;
  prepared.request.target = names_deployment_ ? target_for_model(target_, prepared.model) : target_;
  if (method_ == request_method::get) make_get(prepared.request);
  return prepared;
}

tokens::counted_prompt request_builder::tokens_of(const std::string& body, const std::string& model,
                                                  token_care care) const {
  if (is_counted(body, care)) return prompt_tokens(shape_, body, model);
  return {estimate_tokens(body), false};
}

std::optional<row_problem> request_builder::check(const body_facts& facts) const {
  if (traits_.needs_model && !facts.has_model) {
    return row_problem("missing_field",
                       "the body has no `model`; set `model` in " + spec_name_ + " or in the row");
  }
  if (facts.stream) {
    return row_problem("invalid_row",
                       "the body asks for a stream, but only whole answers can be written; "
                       "remove `stream` or `stream_format`");
  }
  return std::nullopt;
}

}  // namespace batchmill::jobs
