// What every kind of limit is to those who charge it: time passes, amounts are taken, something is
// left or has to be waited for.
#pragma once

#include <memory>

#include "batchmill/clock.hpp"
#include "batchmill/simulation.hpp"

namespace batchmill::simulator_detail {

class allowance {
 public:
  virtual ~allowance() = default;

  /// Time passes; other tenants ask for `others` of the limit meanwhile, evenly, and get what is
  /// there. A `now` that lies back is ignored.
  virtual void advance(time_point now, double others) = 0;

  /// The limit from now on.
  virtual void set_limit(double limit) = 0;

  /// Takes without asking. A negative amount is given back.
  virtual void take(double amount) = 0;

  /// Until `amount` is there, other tenants aside; zero when it is. What is more than there can
  /// ever be at once passes when all is there, and is owed afterwards.
  virtual duration wait_for(double amount) const = 0;

  /// What is left. Negative while something is owed.
  virtual double remaining() const = 0;

  /// What headers state as left of the limit per minute, which may be held to more closely.
  virtual double stated() const { return remaining(); }

  /// Until all is there again, as headers state it.
  virtual duration until_full() const = 0;

  /// What can be taken at once after a long rest.
  virtual double burst() const = 0;
};

/// Amounts that differ by less are equal: rounding must not cost a client another round.
inline constexpr double amount_tolerance = 1e-6;

/// `limit` per minute, held to as `limits` say.
std::unique_ptr<allowance> make_allowance(const simulated_limits& limits, double limit,
                                          time_point now);

}  // namespace batchmill::simulator_detail
