#include "runner/engine/file_fetcher.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace batchmill {
namespace {

constexpr auto longest = std::chrono::minutes(2);  // one attempt
constexpr auto first_wait = std::chrono::seconds(1);
constexpr unsigned attempts = 4;

bool may_pass(const attempt_result& result) {
  if (!result) {
    return result.error().code != net_errc::stopped &&
           result.error().code != net_errc::response_too_large;
  }
  return result->status == 408 || result->status == 429 || result->status >= 500;
}

/// Returns what went wrong; empty when the file is there.
awaitable<std::string> fetch(artifact& file, const row_job& job, file_source& from, clock& time) {
  duration wait = first_wait;
  for (unsigned attempt = 1;; ++attempt) {
    const time_point deadline = time.now() + longest;
    attempt_result result = co_await from.get(file.address, deadline);
    const bool again = attempt < attempts && may_pass(result);
    std::string problem =
        result ? job.read_file(std::move(*result), file) : std::move(result.error().detail);
    if (problem.empty() || !again) co_return problem;
    co_await time.sleep_until(time.now() + wait);
    wait *= 2;
  }
}

void note_missing(const artifact& file, const std::string& problem, reading& what) {
  if (what.kind == answer_kind::success) what.message.clear();
  what.kind = answer_kind::row_failed;
  what.code = "file_not_fetched";
  what.message += fmt::format("{}the file at {} could not be fetched: {}",
                              what.message.empty() ? "" : "; ", file.address, problem);
}

}  // namespace

awaitable<void> fetch_files(reading& what, const row_job& job, file_source& from, clock& time) {
  std::vector<artifact> all = std::exchange(what.artifacts, {});
  for (artifact& file : all) {
    std::string problem;
    if (!file.address.empty()) problem = co_await fetch(file, job, from, time);
    if (problem.empty()) {
      what.artifacts.push_back(std::move(file));
    } else {
      note_missing(file, problem, what);
    }
  }
}

}  // namespace batchmill
