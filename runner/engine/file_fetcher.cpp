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

struct fetched {
  fetched() = default;

  std::string problem;  // empty when the file is there
  bool stopped = false;
};

awaitable<fetched> fetch(artifact& file, const row_job& job, file_source& from, clock& time) {
  fetched end;
  duration wait = first_wait;
  for (unsigned attempt = 1;; ++attempt) {
    const time_point deadline = time.now() + longest;
    attempt_result result = co_await from.get(file.address, deadline);
    const bool again = attempt < attempts && may_pass(result);
    end.stopped = !result && result.error().code == net_errc::stopped;
    end.problem =
        result ? job.read_file(std::move(*result), file) : std::move(result.error().detail);
    if (end.problem.empty() || !again) co_return end;
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

awaitable<bool> fetch_files(reading& what, const row_job& job, file_source& from, clock& time) {
  std::vector<artifact> all = std::exchange(what.artifacts, {});
  bool stopped = false;
  for (artifact& file : all) {
    fetched end;
    if (!file.address.empty()) end = co_await fetch(file, job, from, time);
    stopped = stopped || end.stopped;
    if (end.problem.empty()) {
      what.artifacts.push_back(std::move(file));
    } else {
      note_missing(file, end.problem, what);
    }
  }
  co_return !stopped;
}

}  // namespace batchmill
