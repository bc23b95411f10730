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

money times(money amount, float factor) {
  if (factor == 1) return amount;
  return money::dollars(amount.in_dollars() * static_cast<double>(factor));
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

/// A batch takes up to a day, and the next one waits where the queue is full.
std::optional<duration> batch_time_for(const model_plan& m) {
  constexpr double day = 24 * 60;
  if (!m.queue_limit || *m.queue_limit <= 0) return minutes(day);
  const double rounds = std::ceil(static_cast<double>(m.prompt_tokens) / *m.queue_limit);
  return minutes(std::max(1.0, rounds) * day);
}

}  // namespace

tally::book& tally::book_of(const std::string& model) {
  if (last_ != nullptr && last_->sums.model == model) return *last_;
  auto& place = books_[model];
  if (!place) {
    place = std::make_unique<book>();
    place->facts = models_.find(model);
    place->sums.model = model;
    place->sums.most_output = 0;
  }
  last_ = place.get();
  return *place;
}

tally::priced_alike& tally::part_for(book& b, float factor, bool is_long) {
  for (priced_alike& part : b.parts) {
    if (part.factor == factor && part.is_long == is_long) return part;
  }
  priced_alike& made = b.parts.emplace_back();
  made.factor = factor;
  made.is_long = is_long;
  return made;
}

void tally::add(const shipment& s) {
  request_facts sizes;
  sizes.prompt = s.prompt_tokens();
  sizes.output = s.max_output_tokens();
  for (const parcel& p : s.rows()) sizes.prompt_exact &= p.prepared.prompt_exact;
  add(s.first().prepared, sizes);
}

void tally::add(const prepared_request& p) {
  request_facts sizes;
  sizes.prompt = p.prompt_tokens;
  sizes.output = p.max_output_tokens;
  sizes.prompt_exact = p.prompt_exact;
  add(p, sizes);
}

void tally::add(const prepared_request& first, const request_facts& sizes) {
  book& b = book_of(first.model);
  ++b.sums.requests;
  b.sums.prompt_tokens += sizes.prompt;
  b.sums.prompt_exact &= sizes.prompt_exact;
  std::int64_t most = sizes.output;
  const bool model_bounds = b.facts && b.facts->max_output;
  if (!first.output_bounded) most = model_bounds ? *b.facts->max_output : 0;
  if (!first.output_bounded && !model_bounds) b.sums.most_output.reset();
  if (b.sums.most_output) *b.sums.most_output += most;
  const std::int64_t above = b.facts ? b.facts->long_prompts.above : 0;
  priced_alike& part = part_for(b, first.price_factor, above > 0 && sizes.prompt > above);
  part.prompt += sizes.prompt;
  part.output += most;
}

/// Prices are per token, so sums of tokens cost what their requests cost together.
cost_range tally::cost(const book& b, billing how) {
  cost_range range;
  if (!b.facts || (how == billing::batch && !b.facts->batch.value_or(false))) return range;
  money least, most;
  for (const priced_alike& part : b.parts) {
    model_info facts = *b.facts;
    facts.long_prompts.above = part.is_long ? 1 : 0;
    const float factor = how == billing::batch ? 1 : part.factor;
    const auto prompt = cost_of(facts, usage_of(part.prompt, 0), how);
    const auto all = cost_of(facts, usage_of(part.prompt, part.output), how);
    if (!prompt || !all || part.factor <= 0) return range;
    least += times(*prompt, factor);
    most += times(*all, factor);
  }
  range.least = least;
  if (b.sums.most_output) range.most = most;
  return range;
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
  one.exact = p.prompt_exact;
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
    m.online = cost(*b, billing::online);
    m.batch = cost(*b, billing::batch);
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
    const auto& queue = spec.batch.enqueued_tokens;
    m.queue_limit = queue ? std::optional(static_cast<double>(*queue)) : limits.batch_queue;
    if (report.way.batch) m.batch_time = batch_time_for(m);
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
