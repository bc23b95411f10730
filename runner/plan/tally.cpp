#include "runner/plan/tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace batchmill {
namespace {

constexpr std::size_t most_failures = 5;  // whose messages are kept
constexpr std::size_t most_longest = 5;

token_usage usage_of(std::int64_t prompt, std::int64_t output) {
  token_usage used;
  used.prompt = prompt;
  used.completion = output;
  return used;
}

/// Adds what a request costs; false when that is not known.
bool add_cost(const model_info& facts, const token_usage& used, float factor, billing how,
              money& to) {
  const auto cost = cost_of(facts, used, how);
  if (!cost || factor <= 0) return false;
  to += factor == 1
            ? *cost
            : money(std::llround(static_cast<double>(cost->pico()) * static_cast<double>(factor)));
  return true;
}

duration minutes(double count) {
  constexpr double longest = 60.0 * 24 * 365 * 100;
  const std::chrono::duration<double, std::ratio<60>> exact(std::min(count, longest));
  return std::chrono::duration_cast<duration>(exact);
}

std::optional<double> limit_of(std::optional<double> own, std::optional<double> tier,
                               double share) {
  const auto limit = own ? own : tier;
  return limit ? std::optional(*limit * share) : std::nullopt;
}

std::optional<duration> time_for(const model_plan& m) {
  double longest = 0;
  const auto requests = static_cast<double>(m.requests);
  const std::int64_t output = m.expected_output.value_or(m.most_output.value_or(0));
  const auto tokens = static_cast<double>(m.prompt_tokens + output);
  if (m.requests_limit && *m.requests_limit > 0) longest = requests / *m.requests_limit;
  if (m.tokens_limit && *m.tokens_limit > 0) longest = std::max(longest, tokens / *m.tokens_limit);
  if (m.requests_a_day && requests > *m.requests_a_day) {
    longest = std::max(longest, requests / *m.requests_a_day * 24 * 60);
  }
  return longest > 0 ? std::optional(minutes(longest)) : std::nullopt;
}

}  // namespace

tally::book& tally::book_of(const std::string& model) {
  auto& place = books_[model];
  if (!place) {
    place = std::make_unique<book>();
    place->facts = models_.find(model);
    place->sums.model = model;
    place->sums.most_output = 0;
    place->priced = place->facts.has_value();
    place->priced_in_batches = place->priced && place->facts->batch.value_or(false);
  }
  return *place;
}

void tally::add(const shipment& s) {
  const prepared_request& first = s.first().prepared;
  book& b = book_of(first.model);
  ++b.sums.requests;
  b.sums.prompt_tokens += s.prompt_tokens();
  std::optional<std::int64_t> most;
  if (first.output_bounded) {
    most = s.max_output_tokens();
  } else if (b.facts) {
    most = b.facts->max_output;
  }
  for (const parcel& p : s.rows()) b.sums.prompt_exact &= p.prepared.prompt_exact;
  if (most && b.sums.most_output) {
    *b.sums.most_output += *most;
  } else {
    b.sums.most_output.reset();
  }
  if (!b.facts) return;
  const token_usage least = usage_of(s.prompt_tokens(), 0);
  const token_usage all = usage_of(s.prompt_tokens(), most.value_or(0));
  const float factor = first.price_factor;
  b.priced = b.priced && add_cost(*b.facts, least, factor, billing::online, b.least) &&
             add_cost(*b.facts, all, factor, billing::online, b.most);
  b.priced_in_batches = b.priced_in_batches &&
                        add_cost(*b.facts, least, 1, billing::batch, b.batch_least) &&
                        add_cost(*b.facts, all, 1, billing::batch, b.batch_most);
}

void tally::add_failure(const row_failure& why) {
  ++failures_[why.code];
  if (first_failures_.size() < most_failures) first_failures_.push_back(why.message);
}

void tally::note_prompt(const row& r, const prepared_request& p) {
  if (longest_.size() == most_longest && p.prompt_tokens <= longest_.back().tokens) return;
  long_prompt one;
  one.place = r.line == 0 ? *r.file : fmt::format("{}:{}", *r.file, r.line);
  one.custom_id = p.custom_id;
  one.tokens = p.prompt_tokens;
  const auto place =
      std::ranges::upper_bound(longest_, one.tokens, std::greater(), &long_prompt::tokens);
  longest_.insert(place, std::move(one));
  if (longest_.size() > most_longest) longest_.pop_back();
}

void tally::finish(plan_report& report) const {
  report.failures = failures_;
  report.first_failures = first_failures_;
  report.longest = longest_;
  for (const auto& [name, b] : books_) {
    model_plan m = b->sums;
    report.requests += m.requests;
    if (b->priced) m.online.least = b->least;
    if (b->priced && m.most_output) m.online.most = b->most;
    if (b->priced_in_batches) m.batch.least = b->batch_least;
    if (b->priced_in_batches && m.most_output) m.batch.most = b->batch_most;
    report.models.push_back(std::move(m));
  }
}

void add_limits(const job_spec& spec, const model_catalogue& models, const std::string& tier,
                plan_report& report) {
  for (model_plan& m : report.models) {
    tier_limits limits;
    const auto facts = models.find(m.model);
    if (facts && facts->limits.contains(tier)) limits = facts->limits.at(tier);
    const limits_spec& own = spec.limits;
    m.requests_limit = limit_of(own.requests_per_minute, limits.requests_per_minute, own.share);
    m.tokens_limit = limit_of(own.tokens_per_minute, limits.tokens_per_minute, own.share);
    m.requests_a_day = limits.requests_per_day;
    m.time = time_for(m);
  }
}

void apply_sample(const sample_result& sample, const model_catalogue& models, plan_report& report) {
  for (model_plan& m : report.models) {
    const auto seen = std::ranges::find(sample.run.models, m.model, &model_cost::model);
    if (seen == sample.run.models.end() || seen->requests == 0) continue;
    const double scale = static_cast<double>(m.requests) / static_cast<double>(seen->requests);
    const auto scaled = [&](money amount) { return money::dollars(amount.in_dollars() * scale); };
    m.expected_output = std::llround(static_cast<double>(seen->tokens.completion) * scale);
    if (seen->priced) m.online.expected = scaled(seen->spent);
    const auto facts = models.find(m.model);
    const auto requests = static_cast<std::int64_t>(seen->requests);
    const token_usage each =
        usage_of(seen->tokens.prompt / requests, seen->tokens.completion / requests);
    const auto in_batch =
        m.batch.least && facts ? cost_of(*facts, each, billing::batch) : std::nullopt;
    if (in_batch) {
      m.batch.expected = money::dollars(in_batch->in_dollars() * static_cast<double>(m.requests));
    }
    m.time = time_for(m);
  }
}

}  // namespace batchmill
