// When do so many rows fail that going on is a waste of the night?
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "batchmill/job_spec.hpp"

namespace batchmill {

class failure_rule {
 public:
  explicit failure_rule(const stop_spec& spec) : spec_(spec) {}

  /// The sentence that ends the run, or nothing while it may go on.
  std::optional<std::string> judge(std::uint64_t failed, std::uint64_t finished) const;

 private:
  stop_spec spec_;
};

}  // namespace batchmill
