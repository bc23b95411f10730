// May the next request go, when all together must not cost more than the cap? Pure.
#pragma once

#include <optional>

#include "batchmill/money.hpp"

namespace batchmill {

/// What a request may cost.
struct fare {
  fare() = default;
  fare(money at_least, money at_most) : least(at_least), most(at_most) {}

  money least;  // as far as is known; the same as `most` where the request bounds its output
  money most;   // no such request costs more
};

class budget {
 public:
  /// `before`: spent by earlier processes, or at risk of having been. No cap: everything may go.
  budget(std::optional<money> cap, money before) : cap_(cap), booked_(before), promised_(before) {}

  enum class verdict {
    go,     // it fits
    wait,   // it may fit when requests under way have cost less than is held for them
    never,  // it does not fit, and nothing is under way
  };

  /// What is to be held for the request is told by `hold_for`.
  verdict judge(const fare& f) const;

  /// A request whose output is not bounded may go alone even if all that it could cost would not
  /// fit: otherwise a small budget would buy nothing.
  money hold_for(const fare& f) const { return fits(f.most) ? f.most : f.least; }

  void hold(money amount) { held_ += amount; }

  /// The request is over: `cost` is booked for what was held.
  void settle(money held, money cost) {
    held_ -= held;
    booked_ += cost;
  }

  bool capped() const { return cap_.has_value(); }
  money cap() const { return cap_.value_or(money()); }
  money booked() const { return booked_; }
  money held() const { return held_; }

  /// Should this process die, the next one must assume that all was spent which it was allowed to
  /// spend. So it promises on disk to stay below an amount before it goes beyond the last one.
  /// Returns the amount to promise before `amount` is held; nothing while the last one suffices.
  std::optional<money> promise_for(money amount) const;
  void promised(money amount) { promised_ = amount; }

 private:
  bool fits(money amount) const { return !cap_ || booked_ + held_ + amount <= *cap_; }

  std::optional<money> cap_;
  money booked_;
  money held_;
  money promised_;
};

}  // namespace batchmill
