// How the built-in simulator behaves: its speed, its limits and its faults.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/clock.hpp"

namespace batchmill {

/// How long an answer takes.
struct simulated_latency {
  duration median{};
  double sigma = 0;  // of the logarithm; 0: every answer takes `median`
};

/// A fault that hits a share of the requests.
struct simulated_fault {
  // Nothing is executed: 408, 409, 429, 500, 502, 503, slow_down, quota, key, html, reset.
  // The request is executed and its answer suffers: slow, drop, truncate, malformed,
  // failed, off_schema.
  std::string kind;
  double probability = 0;  // 0 to 1
};

/// How is a limit per minute held to?
enum class simulated_limit_model {
  continuous,  // a bucket, refilled all the time
  second,      // a sixtieth of it in each second; headers state the minute
  minute,      // all of it at the beginning of each window
  sliding,     // what was taken within the last window counts
};

/// What does a request cost in tokens?
enum class simulated_token_cost {
  larger,  // max(n × output limit, characters / 4), as the API's guide says
  sum,     // prompt + n × output limit, as its older help text said
  used,    // `larger` at first; what was used replaces it when the answer goes out
  input,   // the prompt at first; what was used replaces it when the answer goes out
};

/// A limit becomes another while the server runs.
struct simulated_limit_change {
  duration after{};   // since the first request
  double factor = 1;  // of the original limit; above 0
};

/// Others who share the limits take between `least` and `most` of them, swinging with `period`.
struct simulated_tenants {
  double least = 0;  // 0 to 1
  double most = 0;   // below 1; 0: there are none
  duration period = std::chrono::seconds(60);
};

/// What the limits on requests and tokens per minute are like, and further limits.
struct simulated_limits {
  simulated_limits() = default;

  simulated_limit_model model = simulated_limit_model::continuous;
  duration window = std::chrono::seconds(60);  // minute, sliding: holds window / 60 s of the limit
  duration burst = std::chrono::seconds(60);   // continuous: the bucket holds what flows in so long
  simulated_token_cost token_cost = simulated_token_cost::larger;
  double header_share = 1;  // of the answers carry x-ratelimit-* and Retry-After; 0: not even
                            // error texts tell the limits
  std::vector<simulated_limit_change> changes;  // by time; not for the limit per day
  simulated_tenants others;                     // not for the limit per day
  double requests_per_day = 0;                  // per model; 0: unlimited
  double project_tokens_per_minute = 0;         // of all models together; 0: unlimited
  int max_concurrency = 0;                      // requests being answered; 0: unlimited
  int concurrency_status = 429;                 // 429 or 503: the answer to one too many
};

/// How the Files, Uploads and Batches APIs are played. They have a clock of their own; the times of
/// files, uploads and batches are by it.
struct simulated_batches {
  simulated_batches() = default;

  double clock_rate = 1;                    // seconds of that clock in a real one; above 0
  duration time = std::chrono::seconds(2);  // a batch takes so long by that clock
  std::int64_t enqueued_tokens = 0;         // of all unfinished batches of a model; 0: unlimited
  bool refuse_at_once =
      false;  // too many tokens: the creation is refused, instead of failing later
  std::uint64_t break_downloads = 0;    // so many downloads end in the middle, the first ones
  std::uint64_t lose_batches = 0;       // so many batches are created and the answer is lost
  std::uint64_t fail_batches = 0;       // in so many batches every request fails
  std::uint64_t expire_batches = 0;     // so many batches expire when a third is finished
  std::vector<simulated_fault> faults;  // of calls of these APIs
};

/// How fine-tuning is played, by the clock of files and batches.
struct simulated_fine_tuning {
  simulated_fine_tuning() = default;

  duration time = std::chrono::seconds(5);  // a job takes so long
  bool closed = false;                      // new jobs are not accepted any more
  bool base64_results = false;              // the files of metrics are in base64
  std::uint64_t lose_jobs = 0;              // so many jobs are created and the answer is lost
  std::uint64_t fail_jobs = 0;              // so many jobs fail half-way
};

struct simulation_options {
  simulation_options() = default;

  std::uint64_t seed = 0;
  std::string key;  // the only accepted API key; empty: any non-empty key
  simulated_latency latency;
  double requests_per_minute = 0;  // per model; 0: unlimited
  double tokens_per_minute = 0;    // per model; 0: unlimited
  simulated_limits limits;
  std::vector<simulated_fault> faults;
  simulated_batches batches;
  simulated_fine_tuning fine_tuning;
  bool exact_usage = true;  // prompts are counted as the API does, not estimated by characters
  bool count_executions = false;  // per request; GET /simulator/executions tells
};

/// "300ms", or "300ms,0.5" for lognormal with that median and sigma. Throws usage_error.
simulated_latency parse_simulated_latency(std::string_view text);

/// "429=1%,500=0.5%,drop=0.001". Throws usage_error with the known kinds.
std::vector<simulated_fault> parse_simulated_faults(std::string_view text);

/// "continuous", "second", "minute" or "sliding". Throws usage_error.
simulated_limit_model parse_simulated_limit_model(std::string_view text);

/// "max", "sum", "used" or "input". Throws usage_error.
simulated_token_cost parse_simulated_token_cost(std::string_view text);

/// The share of answers with headers: "all", "none" or "25%". Throws usage_error.
double parse_simulated_header_share(std::string_view text);

/// "20s=x0.5,40s=x4". Throws usage_error.
std::vector<simulated_limit_change> parse_simulated_limit_changes(std::string_view text);

/// "30%-60%", or "30%-60%,20s" with the period. Throws usage_error.
simulated_tenants parse_simulated_tenants(std::string_view text);

/// Throws usage_error when the limits are impossible or contradict one another.
void check_simulated_limits(const simulated_limits& limits);

}  // namespace batchmill
