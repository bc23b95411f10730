// Faults: their kinds, and which request is hit by which.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "batchmill/simulation.hpp"
#include "runner/simulator/recent_counts.hpp"

namespace batchmill::simulator_detail {

/// What goes wrong with a request?
enum class fault {
  none,
  // Nothing is executed:
  status_408,  // request timeout
  status_409,  // lock conflict
  status_429,  // a rate limit that passes soon
  status_500,  // server error
  status_502,  // the gateway's JSON error
  status_503,  // overloaded
  slow_down,   // 429 that asks for less traffic
  quota,       // 429 insufficient_quota
  key,         // 401 invalid_api_key
  html,        // 502 with a proxy's HTML page
  reset,       // connection reset
  // The request is executed, its answer suffers:
  slow,        // ten times the latency and five seconds more
  drop,        // connection closed without an answer
  truncate,    // body cut in the middle, then closed
  malformed,   // 200 with broken JSON
  failed,      // of /v1/responses: 200 with the status "failed"; others answer as ever
  off_schema,  // of chat and responses: 200, but the text is not what the schema or labels ask for
};

/// Was the request executed, and so would be billed?
constexpr bool is_executed(fault f) {
  return f == fault::none || f >= fault::slow;
}

/// What becomes of a fault in a batch, which has no wire for it to happen on?
constexpr fault in_batch(fault f) {
  if (f == fault::html) return fault::status_502;
  const bool on_wire = f == fault::reset || f == fault::slow || f == fault::drop ||
                       f == fault::truncate || f == fault::malformed;
  return on_wire ? fault::none : f;
}

/// The fault called `name`, e.g. "429" or "drop".
std::optional<fault> find_fault(std::string_view name);

class fault_plan {
 public:
  fault_plan(const std::vector<simulated_fault>& faults, std::uint64_t seed);

  /// Decided by the seed, the request and how often this very request was hit before, so that a
  /// repetition usually passes and runs can be repeated.
  fault draw(std::uint64_t request_hash);

  /// The fault a `x-simulate-fault` header asks for: KIND always, KIND-N for the first request that
  /// carries this value. Nothing when the header's value is none of these.
  std::optional<fault> forced(std::string_view header);

  /// How often faults hit this request so far: the number of its repetition.
  std::uint64_t hits(std::uint64_t request_hash) const { return hits_.count(request_hash); }

 private:
  struct share {
    fault kind;
    double up_to;  // cumulated probability
  };

  std::vector<share> shares_;
  std::uint64_t seed_;
  recent_counts hits_;
  recent_counts forced_;
};

}  // namespace batchmill::simulator_detail
