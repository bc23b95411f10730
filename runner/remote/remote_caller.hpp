// One call to the API, made again while its trouble may pass.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>

#include "batchmill/awaitable.hpp"
#include "batchmill/clock.hpp"
#include "batchmill/job_spec.hpp"
#include "batchmill/transport.hpp"
#include "runner/flow/retry_policy.hpp"
#include "runner/remote/failure.hpp"
#include "runner/remote/verdict.hpp"

namespace batchmill {

class remote_caller {
 public:
  /// Called before each wait: what failed, and how long it is until the next attempt.
  using retry_watch = std::function<void(const remote_failure&, duration)>;

  /// How far a call has come.
  struct course {
    explicit course(time_point now) : begun(now) {}

    time_point begun;
    unsigned attempts = 0;                   // that failed
    std::optional<time_point> away_since{};  // the server, since when nothing can be sent
    unsigned in_vain = 0;                    // attempts since then
  };

  /// `wire` and `time` must outlive the caller.
  remote_caller(transport& wire, clock& time, const retry_spec& retry, std::uint64_t seed,
                retry_watch watch);
  remote_caller(const remote_caller&) = delete;
  remote_caller& operator=(const remote_caller&) = delete;

  /// Ends with a 2xx response or a failure. Throws run_error when a file of the request cannot be
  /// read.
  awaitable<remote_result<http_response>> call(http_request request, repeatable how);

  /// For calls that go their own way: waits before the next attempt, or says false because there is
  /// none.
  awaitable<bool> goes_on(course& c, const verdict& v);

  verdict judge(const attempt_result& result, repeatable how) const;

  course begin() const { return course(time_.now()); }
  transport& wire() { return wire_; }

  /// In front of a form's parts: nobody can guess it, so no file holds it.
  std::string boundary();

 private:
  std::optional<duration> wait_for_server(course& c) const;
  std::optional<duration> wait_after(course& c, const verdict& v);

  transport& wire_;
  clock& time_;
  retry_policy retry_;
  std::optional<duration> longest_outage_;
  bool has_answered_ = false;
  std::mt19937_64 random_;
  retry_watch watch_;
};

}  // namespace batchmill
