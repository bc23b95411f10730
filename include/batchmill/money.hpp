// Amounts of US dollars, exact: what a token costs is a whole number of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>

namespace batchmill {

/// Counts millionths of a millionth of a dollar, up to nine million dollars. Sums that would be
/// larger stay there.
class money {
 public:
  static constexpr std::int64_t per_dollar = 1'000'000'000'000;

  constexpr money() = default;
  constexpr explicit money(std::int64_t pico_dollars) : pico_(pico_dollars) {}

  static money dollars(double amount) {
    constexpr double most = 9.2e6;
    return money(std::llround(std::clamp(amount, -most, most) * per_dollar));
  }

  constexpr std::int64_t pico() const { return pico_; }
  constexpr double in_dollars() const { return static_cast<double>(pico_) / per_dollar; }

  constexpr money& operator+=(money other) {
    if (__builtin_add_overflow(pico_, other.pico_, &pico_)) {
      pico_ = std::numeric_limits<std::int64_t>::max();
    }
    return *this;
  }
  constexpr money& operator-=(money other) {
    pico_ -= other.pico_;
    return *this;
  }
  friend constexpr money operator+(money a, money b) { return a += b; }
  friend constexpr money operator-(money a, money b) { return a -= b; }
  friend constexpr auto operator<=>(money, money) = default;

 private:
  std::int64_t pico_ = 0;
};

}  // namespace batchmill
