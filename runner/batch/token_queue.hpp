// How many tokens the unfinished batches of a model may hold, given or learned. Pure.
//
// The server counts in its own way, and batches of other programs count too. So what it says of
// its limit is a bound, and each refusal besides holds back until a batch of ours has ended or,
// when there is none, for a time that doubles.
#pragma once

#include <cstdint>
#include <optional>

#include "batchmill/clock.hpp"

namespace batchmill {

class token_queue {
 public:
  explicit token_queue(std::optional<double> given = std::nullopt);

  /// May a batch of so many tokens be tried now?
  bool admits(std::int64_t tokens, time_point now) const;

  /// When it is worth another look although no batch ends; nothing when only that helps.
  std::optional<time_point> next_try() const { return next_try_; }

  void entered(std::int64_t tokens);
  void left(std::int64_t tokens);

  /// A batch was refused. Call it after the `left` of the refused one.
  void refused(std::optional<std::int64_t> named, time_point now);

  /// Will a batch of so many tokens never be admitted?
  bool is_too_large(std::int64_t tokens) const;

  /// The limit, as far as it is known.
  std::optional<std::int64_t> limit() const { return limit_; }
  std::int64_t inside() const { return inside_; }
  bool holds_back() const { return held_; }

 private:
  std::optional<std::int64_t> limit_;
  std::int64_t inside_ = 0;
  bool held_ = false;  // after a refusal
  std::optional<time_point> next_try_;
  duration pause_;
};

}  // namespace batchmill
