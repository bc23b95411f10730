#include "runner/engine/server_watch.hpp"

#include <fmt/format.h>

#include <utility>

#include "batchmill/duration.hpp"

namespace batchmill {
namespace {

constexpr auto longest_try = std::chrono::seconds(60);
constexpr auto between_notices = std::chrono::seconds(10);

}  // namespace

server_watch::server_watch(clock& time, transport& wire, run_observer& observer, admission& gate,
                           task_group& tasks, const retry_spec& retry, stopper stop)
    : time_(time),
      wire_(wire),
      observer_(observer),
      gate_(gate),
      tasks_(tasks),
      stop_(std::move(stop)),
      outage_(retry.outage) {}

void server_watch::attempted(const answer& a, time_point sent_at) {
  const outage::phase before = outage_.state();
  const contact what = contact_of(a.failure);
  outage_.attempted(what, a.what.message, sent_at, time_.now());
  follow(before);
  // The one that was to try did not.
  if (what == contact::nothing && outage_.state() == outage::phase::one_tries) gate_.hold(1);
}

void server_watch::follow(outage::phase before) {
  if (closed_) return;
  if (outage_.verdict()) {
    closed_ = true;
    return stop_(*outage_.verdict());
  }
  const outage::phase now = outage_.state();
  if (now == before) return;
  tell(before);
  if (now == outage::phase::none) return gate_.release();
  gate_.hold(now == outage::phase::one_tries ? 1 : 0);
  if (waits() && !std::exchange(running_, true)) tasks_.spawn(try_until_reached());
}

void server_watch::tell(outage::phase before) {
  const time_point now = time_.now();
  if (outage_.state() == outage::phase::none) {
    if (!std::exchange(told_, false)) return;
    observer_.notice(severity::info, fmt::format("the server is back after {}",
                                                 format_duration(outage_.length(now))));
  } else if (before == outage::phase::none && (!told_at_ || now - *told_at_ >= between_notices)) {
    told_ = true;
    told_at_ = now;
    observer_.notice(severity::warning, outage_.sentence());
  }
}

bool server_watch::waits() const {
  return !closed_ &&
         (outage_.state() == outage::phase::no_way || outage_.state() == outage::phase::no_answer);
}

awaitable<void> server_watch::try_until_reached() {
  while (waits()) {
    co_await time_.sleep_until(outage_.next_try());
    if (!waits()) break;
    if (time_.now() < outage_.next_try()) continue;
    trying_ = true;
    const auto failure = co_await wire_.reach(time_.now() + longest_try);
    trying_ = false;
    const outage::phase before = outage_.state();
    outage_.tried(failure, time_.now());
    follow(before);
  }
  running_ = false;
}

}  // namespace batchmill
