// A limit of tokens per minute whose way of counting is not known: it is found out.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "batchmill/clock.hpp"
#include "runner/flow/response_headers.hpp"
#include "runner/flow/server_bucket.hpp"

namespace batchmill {

/// What a request may cost, before it is known.
struct token_estimate {
  token_estimate() = default;
  token_estimate(double p, double m) : prompt(p), max_output(m) {}

  double prompt = 0;
  double max_output = 0;  // of all choices
};

/// What it did cost.
struct token_use {
  token_use() = default;
  token_use(double p, double o) : prompt(p), output(o) {}

  double prompt = 0;
  double output = 0;
};

/// The ways of counting that providers document or were seen to use. A corrected one takes its
/// amount when the request comes and replaces it by the real usage when the answer goes.
enum class token_rule : std::size_t {
  sum,               // prompt + output bound
  larger,            // the larger of prompt and output bound
  sum_corrected,     // sum, corrected
  larger_corrected,  // larger, corrected
  as_used,           // prompt, and the output when it is known
};
constexpr std::size_t token_rules = 5;

/// Predicts the level of the server's bucket by every rule at once; the rule that foretells the
/// headers best is believed. Begins with the strictest.
class token_limit {
 public:
  using marks = std::array<server_bucket::mark, token_rules>;

  marks take(const token_estimate& estimate, time_point now);

  /// Without a use, the request was refused or failed, and counted for nothing.
  void answered(const token_estimate& estimate, const std::optional<token_use>& use,
                time_point now);

  void observe(const limit_headers& headers, const marks& sent, time_point now);

  bool known() const { return believed().known(); }
  double limit() const { return believed().limit(); }
  bool daily() const { return believed().daily(); }
  bool scarce(time_point now) const { return believed().scarce(now); }
  bool by_the_minute() const { return believed().by_the_minute(); }
  double advised_rate(time_point now) const { return believed().advised_rate(now); }
  token_rule rule() const { return rule_; }

  /// Tokens that the request is expected to use up in the end.
  double cost(const token_estimate& estimate) const;
  double cost(const token_estimate& estimate, const token_use& use) const;

 private:
  const server_bucket& believed() const { return buckets_[static_cast<std::size_t>(rule_)]; }
  void learn(const token_estimate& estimate, const token_use& use);
  void choose();

  std::array<server_bucket, token_rules> buckets_;
  std::array<double, token_rules> errors_{};  // of the predictions, smoothed, in tokens
  unsigned observed_ = 0;
  token_rule rule_ = token_rule::sum;
  std::optional<double> usual_output_;  // part of the bound, smoothed
  double prompt_factor_ = 1;            // real over estimated, smoothed
};

}  // namespace batchmill
