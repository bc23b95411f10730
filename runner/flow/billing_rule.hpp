// What did an attempt cost, as far as its answer tells? Pure.
#pragma once

#include <optional>

#include "batchmill/error.hpp"
#include "batchmill/job.hpp"

namespace batchmill {

/// How does an attempt stand on the bill?
enum class billed {
  no,        // refused, or not sent at all
  yes,       // by the usage that the answer states
  unstated,  // answered, but the answer does not say what was used
  lost,      // it may have been executed, but its answer is lost
};

/// Of an attempt that brought a response.
billed bill_of(int status, answer_kind kind, const token_usage& used);

/// Of an attempt that brought none, by the name of what it suffered.
billed bill_of(std::string_view net_error);

}  // namespace batchmill
