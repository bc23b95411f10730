#include "runner/flow/dollars.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "batchmill/grouped_number.hpp"

namespace batchmill {
namespace {

/// Decimals that show two digits of an amount, at least two of them.
int decimals_for(double dollars) {
  int decimals = 2;
  for (double limit = 0.1; dollars < limit && decimals < 12; limit /= 10) ++decimals;
  return decimals;
}

}  // namespace

std::string show_dollars(money amount) {
  const double dollars = std::abs(amount.in_dollars());
  const char* sign = amount < money() ? "-" : "";
  if (amount == money()) return "$0.00";
  if (dollars < 0.995) return fmt::format("{}${:.{}f}", sign, dollars, decimals_for(dollars));
  const auto cents = static_cast<std::uint64_t>(dollars * 100 + 0.5);
  return fmt::format("{}${}.{:02}", sign, with_separators(cents / 100), cents % 100);
}

std::string exact_dollars(money amount) {
  const std::int64_t pico = amount.pico();
  const auto whole =
      pico < 0 ? -static_cast<std::uint64_t>(pico) : static_cast<std::uint64_t>(pico);
  constexpr auto unit = static_cast<std::uint64_t>(money::per_dollar);
  std::string text = fmt::format("{}{}.{:012}", pico < 0 ? "-" : "", whole / unit, whole % unit);
  while (text.ends_with("0") && !text.ends_with(".0")) text.pop_back();
  return text;
}

}  // namespace batchmill
