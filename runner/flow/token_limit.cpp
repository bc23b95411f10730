#include "runner/flow/token_limit.hpp"

#include <algorithm>
#include <cmath>

namespace batchmill {
namespace {

constexpr double smoothing = 0.05;
constexpr unsigned enough_answers = 8;  // before a rule is believed
constexpr double clearly_better = 0.7;  // part of the believed rule's error

bool corrected(token_rule rule) {
  return rule != token_rule::sum && rule != token_rule::larger;
}

/// What a server that counts by `rule` takes when the request comes.
double taken_by(token_rule rule, const token_estimate& estimate) {
  switch (rule) {
    case token_rule::sum:
    case token_rule::sum_corrected:
      return estimate.prompt + estimate.max_output;
    case token_rule::larger:
    case token_rule::larger_corrected:
      return std::max(estimate.prompt, estimate.max_output);
    case token_rule::as_used:
      break;
  }
  return estimate.prompt;
}

token_rule rule_at(std::size_t i) {
  return static_cast<token_rule>(i);
}

void approach(double& value, double sample) {
  value += smoothing * (sample - value);
}

}  // namespace

token_limit::marks token_limit::take(const token_estimate& estimate, time_point now) {
  marks sent;
  for (std::size_t i = 0; i < token_rules; ++i) {
    sent[i] = buckets_[i].take(taken_by(rule_at(i), estimate), now);
  }
  return sent;
}

void token_limit::answered(const token_estimate& estimate, const std::optional<token_use>& use,
                           time_point now) {
  for (std::size_t i = 0; i < token_rules; ++i) {
    const double taken = taken_by(rule_at(i), estimate);
    if (!use) {
      buckets_[i].give_back(taken, now);
    } else if (corrected(rule_at(i))) {
      buckets_[i].give_back(taken - use->prompt - use->output, now);
    }
  }
  if (use) learn(estimate, *use);
}

void token_limit::observe(const limit_headers& headers, const marks& sent, time_point now) {
  bool compared = false;
  for (std::size_t i = 0; i < token_rules; ++i) {
    const auto error = buckets_[i].observe(headers, sent[i], now);
    if (!error) continue;
    approach(errors_[i], std::abs(*error));
    compared = true;
  }
  if (compared && ++observed_ >= enough_answers) choose();
}

void token_limit::choose() {
  const auto best = std::min_element(errors_.begin(), errors_.end());
  const double present = errors_[static_cast<std::size_t>(rule_)];
  if (*best < clearly_better * present) {
    rule_ = rule_at(static_cast<std::size_t>(best - errors_.begin()));
  }
}

void token_limit::learn(const token_estimate& estimate, const token_use& use) {
  if (estimate.max_output > 0) {
    const double part = std::min(1.0, use.output / estimate.max_output);
    if (!usual_output_) usual_output_ = part;
    approach(*usual_output_, part);
  }
  if (estimate.prompt > 0) approach(prompt_factor_, use.prompt / estimate.prompt);
}

double token_limit::cost(const token_estimate& estimate) const {
  if (!corrected(rule_)) return taken_by(rule_, estimate);
  return estimate.prompt * prompt_factor_ + estimate.max_output * usual_output_.value_or(1);
}

double token_limit::cost(const token_estimate& estimate, const token_use& use) const {
  return corrected(rule_) ? use.prompt + use.output : taken_by(rule_, estimate);
}

}  // namespace batchmill
