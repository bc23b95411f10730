// What can be watched while a run goes on. Progress displays and embedders implement run_observer.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/clock.hpp"
#include "batchmill/money.hpp"
#include "batchmill/outcome.hpp"
#include "batchmill/row.hpp"

namespace batchmill {

/// What keeps the run from being faster right now?
enum class bottleneck {
  none,         // nothing yet: starting
  server,       // every request that may be is in flight
  concurrency,  // the concurrency limit
  requests,     // the requests-per-minute limit
  tokens,       // the tokens-per-minute limit
  day,          // the requests-per-day limit
  pause,        // the server told the run to wait (429)
  outage,       // the server does not answer at all
  retries,      // rows waiting for their next attempt, none else left
  window,       // one slow row holds back the ordered output
  input,        // rows arrive slower than they are sent
  batches,      // batches at the server
  queue,        // the limit of tokens in unfinished batches
  budget,       // what is in flight may use up the budget
};

/// A stable name for logs; the words for people are the display's.
inline const char* to_string(bottleneck b) {
  switch (b) {
    case bottleneck::none:
      return "none";
    case bottleneck::server:
      return "server";
    case bottleneck::concurrency:
      return "concurrency";
    case bottleneck::requests:
      return "requests";
    case bottleneck::tokens:
      return "tokens";
    case bottleneck::day:
      return "day";
    case bottleneck::pause:
      return "pause";
    case bottleneck::outage:
      return "outage";
    case bottleneck::retries:
      return "retries";
    case bottleneck::window:
      return "window";
    case bottleneck::input:
      return "input";
    case bottleneck::batches:
      return "batches";
    case bottleneck::queue:
      return "queue";
    case bottleneck::budget:
      return "budget";
  }
  return "unknown";
}

/// How the batches of a run stand, with mode: batch.
struct batch_counters {
  std::uint64_t waiting = 0;    // cut, and not yet at the server
  std::uint64_t under_way = 0;  // at the server
  std::uint64_t done = 0;       // their results are here
  std::uint64_t requests = 0;   // in those under way
  std::uint64_t answered = 0;   // of these, as the server counts
};

/// What the requests to one model came to, those of earlier processes of the run included.
struct model_cost {
  model_cost() = default;

  std::string model;
  bool priced = false;  // the catalogue has its prices; without them the amounts below say nothing
  std::uint64_t requests = 0;  // answered and billed
  token_usage tokens;          // of these
  money spent;                 // for these
  std::uint64_t lost = 0;      // without a usable answer: whether they are billed is not known
  money at_risk;               // at most, for these
  std::uint64_t unbilled = 0;  // refused or failed at the server: they cost nothing
};

/// What a run costs.
struct run_cost {
  run_cost() = default;

  bool begun = false;  // a model was asked
  bool known = false;  // and so are the prices of all that were
  money spent;
  money at_risk;                // at most, for requests whose answers were lost; not in `spent`
  money in_flight;              // at most, for requests under way
  std::optional<money> budget;  // the cap, if there is one
};

/// A snapshot, taken several times a second.
struct run_status {
  run_status() = default;

  std::uint64_t rows_total = 0;  // an estimate until total_exact; 0 while nothing is known
  bool total_exact = false;
  std::uint64_t rows_ok = 0;
  std::uint64_t rows_failed = 0;
  std::uint64_t in_flight = 0;  // requests on the wire
  std::uint64_t waiting = 0;    // rows between two attempts
  std::uint64_t attempts = 0;
  std::uint64_t retries = 0;
  std::uint64_t rate_limited = 0;  // 429 answers
  token_usage tokens;
  run_cost cost;
  double rows_per_second = 0;  // over the last seconds
  duration elapsed{};
  bottleneck held_by = bottleneck::none;
  std::string held_model;          // whose limit holds the run back; empty when there is one only
  double held_limit_per_minute{};  // units a minute that are allowed; 0: not known or no rate
  bool stopping = false;           // draining: no new rows are begun
  std::optional<batch_counters> batches;  // while rows go through the Batch API

  std::uint64_t rows_done() const { return rows_ok + rows_failed; }
};

/// How did the run end? The values are the program's exit codes.
enum class run_end {
  complete = 0,     // every row succeeded
  some_failed = 1,  // finished, some rows failed
  stopped = 3,      // a reason that concerns the whole run
  under_way = 4,    // detached: the batches go on at the server
  interrupted = 130,
};

/// How far a rate limit was used.
struct limit_summary {
  limit_summary() = default;

  std::string model;
  bottleneck what = bottleneck::requests;  // or tokens
  double per_minute = 0;                   // as it was at the end, times the share to be used
  double used = 0;                         // part of it, from the first request to the last
};

struct run_summary {
  run_summary() = default;

  run_end end = run_end::complete;
  std::string stop_reason;  // one sentence, for stopped and interrupted
  std::string name;
  std::string output;  // path of the results
  std::string failed_output;
  std::string model;
  std::uint64_t rows_total =
      0;  // of the input; rows read where their number is not known, or finished earlier
  std::uint64_t rows_ok = 0;
  std::uint64_t rows_failed = 0;
  std::uint64_t rows_kept = 0;  // of those, by earlier processes: nothing was sent for them now
  std::uint64_t rows_left = 0;  // without an answer, when stopped early
  std::map<std::string, std::uint64_t> failures;  // reason, e.g. "400 context_length_exceeded"
  std::uint64_t attempts = 0;
  std::uint64_t retries = 0;
  std::uint64_t rate_limited = 0;
  std::uint64_t batches = 0;   // whose results came now
  std::uint64_t shared = 0;    // rows that got the answer of an equal one, without a request
  std::uint64_t packed = 0;    // rows that shared a request
  std::uint64_t bisected = 0;  // of the attempts: to find out which row of a pack was refused
  std::map<std::string, std::uint64_t> labels;  // rows by what their answers are counted under
  token_usage tokens;
  run_cost cost;
  std::vector<model_cost> models;  // each that was asked
  duration wall{};
  duration latency_p50{};  // of successful attempts
  duration latency_p95{};
  duration latency_p99{};
  duration latency_max{};
  duration waited_for_limits{};       // time during which a rate limit held the run back
  std::vector<limit_summary> limits;  // those that were known
  bool simulated = false;
  bool given_up = false;        // the batches were cancelled, as run_options::cancel asks
  std::string requests_digest;  // of all rows' requests in order; empty unless finished

  /// Rows answered now, whether they succeeded or not; 0 when no time passed.
  double rows_per_second() const {
    const double seconds = std::chrono::duration<double>(wall).count();
    const std::uint64_t answered = rows_ok + rows_failed - rows_kept;
    return seconds > 0 ? static_cast<double>(answered) / seconds : 0;
  }
};

enum class severity { info, warning, error };

class run_observer {
 public:
  virtual ~run_observer() = default;

  virtual void started(const run_status&) {}
  virtual void progressed(const run_status&) {}  // about ten times a second
  virtual void row_finished(const row&, const outcome&) {}
  virtual void attempt_failed(const row&, unsigned /*attempt*/, std::string_view /*reason*/,
                              duration /*wait*/) {}
  virtual void notice(severity, std::string_view /*sentence*/) {}
  virtual void finished(const run_summary&) {}
};

}  // namespace batchmill
