#include "runner/flow/failure_rule.hpp"

#include <fmt/format.h>

namespace batchmill {

std::optional<std::string> failure_rule::judge(std::uint64_t failed, std::uint64_t finished) const {
  if (finished < spec_.after || finished == 0) return std::nullopt;
  const double share = static_cast<double>(failed) / static_cast<double>(finished);
  if (share <= spec_.failures) return std::nullopt;
  return fmt::format(
      "{} of {} finished rows failed, more than the {:g} % that stop.failures allows; see their "
      "reasons below",
      failed, finished, spec_.failures * 100);
}

}  // namespace batchmill
