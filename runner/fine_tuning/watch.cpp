#include "runner/fine_tuning/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "runner/progress/remote_text.hpp"

namespace batchmill {
namespace {

constexpr unsigned events_a_page = 100, checkpoints_a_page = 100;
constexpr unsigned most_troubles = 10;

}  // namespace

unix_seconds tuning_watch::wall_seconds() const {
  return std::chrono::duration_cast<std::chrono::seconds>(time_.wall_now().time_since_epoch())
      .count();
}

awaitable<remote_result<remote_tuning_job>> tuning_watch::run(std::string id) {
  for (;;) {
    auto job = co_await look(id);
    if (job && is_final(job->status)) co_return job;
    if (!job && !bears(job.error())) co_return job;
    co_await time_.sleep_until(time_.now() + poll_);
  }
}

/// The job first: when it is final, its events are complete.
awaitable<remote_result<remote_tuning_job>> tuning_watch::look(std::string id) {
  auto job = co_await api_.job(id);
  if (!job) co_return job;
  const auto told = co_await tell_events(std::move(id));
  if (!told) co_return told.error();
  troubles_ = 0;
  display_.look_at(*job, wall_seconds());
  co_return job;
}

bool tuning_watch::bears(const remote_failure& why) {
  if (why.kind != failure_kind::passing || ++troubles_ >= most_troubles) return false;
  display_.notice(severity::warning,
                  fmt::format("the job cannot be looked at: {}", reason_of(why)));
  return true;
}

/// Pages come newest first: they are read until something known comes, and told the other way
/// round.
awaitable<remote_result<void>> tuning_watch::tell_events(std::string id) {
  std::vector<remote_tuning_event> fresh;
  std::string after;
  for (bool more = true; more;) {
    auto page = co_await api_.list_events(id, after, events_a_page);
    if (!page) co_return page.error();
    more = page->has_more && page->last_id != after;
    after = page->last_id;
    for (remote_tuning_event& event : page->items) {
      if (known_.contains(event.id)) {
        more = false;
      } else {
        fresh.push_back(std::move(event));
      }
    }
  }
  // An event that came while pages were turned may stand on two of them.
  for (auto event = fresh.rbegin(); event != fresh.rend(); ++event) {
    if (known_.insert(event->id).second) display_.event(*event);
  }
  co_return remote_result<void>();
}

awaitable<remote_result<std::vector<remote_checkpoint>>> all_checkpoints(tuning_api& api,
                                                                         std::string id) {
  std::vector<remote_checkpoint> all;
  std::string after;
  for (bool more = true; more;) {
    auto page = co_await api.list_checkpoints(id, after, checkpoints_a_page);
    if (!page) co_return page.error();
    more = page->has_more && page->last_id != after;
    after = page->last_id;
    for (remote_checkpoint& checkpoint : page->items) all.push_back(std::move(checkpoint));
  }
  co_return all;
}

}  // namespace batchmill
