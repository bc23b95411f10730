// The simulator's books: what was asked, what was executed (and so would be billed), what went out.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>

namespace batchmill {

/// A snapshot of the books.
struct simulator_counters {
  simulator_counters() = default;

  std::uint64_t requests = 0;      // complete requests that arrived
  std::uint64_t executed = 0;      // answered by a model, delivered or not: what a bill would count
  std::uint64_t undelivered = 0;   // answers that were dropped, reset or truncated on purpose
  std::uint64_t rate_limited = 0;  // refused by a rate limit (forced 429s are in by_status only)
  std::int64_t prompt_tokens = 0;  // of what was executed
  std::int64_t completion_tokens = 0;  // of what was executed
  std::map<int, std::uint64_t> by_status;
};

namespace simulator_detail {

/// What one request adds to the books.
struct account_entry {
  int status = 0;
  bool executed = false;
  bool delivered = true;
  bool rate_limited = false;
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
};

/// Written by the server's thread, read by any.
class account {
 public:
  void add(const account_entry& entry);

  /// Of a batch: what was executed counts, but no request arrived.
  void add_line(const account_entry& entry);

  simulator_counters snapshot() const;

 private:
  void add_execution(const account_entry& entry);

  mutable std::mutex mutex_;
  simulator_counters totals_;                  // but for by_status
  std::array<std::uint64_t, 600> statuses_{};  // counted here because it costs nothing
};

}  // namespace simulator_detail

}  // namespace batchmill
