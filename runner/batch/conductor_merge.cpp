// Parts that have ended: rows get their last word, or go on in another part.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "runner/batch/followed.hpp"
#include "runner/batch/part_judge.hpp"
#include "runner/batch/request_line.hpp"
#include "runner/engine/ledger/crash_point.hpp"

namespace batchmill {
namespace {

constexpr unsigned rows_at_once = 512;
constexpr std::size_t most_memory = 64 << 20;  // of rows on their way to the disk

// Halving finds one bad line among 50,000 in 16 steps, each of which has one half that passes.
// When so many are refused in a row, it is not a line.
constexpr unsigned most_refusals = 40;

// A file that is refused so often for a full queue in which nothing of ours is: it may be too
// large.
constexpr unsigned most_refusals_alone = 3;

/// Puts a row into another part, as it was in this one.
void copy_row(part_row r, const std::string& line, part_writer& to) {
  if (!r.has_request() && to.asks_for(r.asked_as)) return to.add_equal(std::move(r));
  if (r.has_request()) return to.add(std::move(r), line);
  // Its equal has its last word already: it asks for itself from now on.
  const std::string own =
      request_line(r.from.index, to.facts().endpoint, body_of_request_line(line));
  to.add(std::move(r), own);
}

}  // namespace

/// The part that takes a part's rows on. What it is written down as is decided when it is closed.
batch_part conductor::successor(const batch_part& of) {
  batch_part next;
  next.number = ++newest_;
  next.endpoint = of.endpoint;
  next.model = of.model;
  next.attempt = of.attempt;
  return next;
}

awaitable<void> conductor::merge(followed& f) {
  const part_judge judge(parts_.spec, parts_.job, paths_, f.facts);
  if (judge.answers().strange() > 0) {
    parts_.observer.notice(severity::warning,
                           fmt::format("batch {}: {} lines are answers to nothing we asked",
                                       f.facts.batch_id, judge.answers().strange()));
  }
  std::unique_ptr<part_writer> again;
  part_row_reader rows(paths_.rows(f.facts.number));
  for (unsigned n = 1;; ++n) {
    auto r = rows.next();
    if (!r) break;
    if (n % rows_at_once == 0) {
      while (parts_.output.memory() > most_memory && !aborted_) co_await f.spot.wait();
      co_await tasks_.yield();
      if (aborted_) co_return;
    }
    if (parts_.output.finished(r->from.index)) continue;
    if (r->has_request()) statistics_.attempt_begun();
    answer a = judge.read(*r, parts_.time.wall_now());
    if (parts_.files != nullptr && !a.what.artifacts.empty()) {
      const bool to_the_end = co_await fetch_files(a.what, parts_.job, *parts_.files, parts_.time);
      if (!to_the_end) co_return;  // the next process merges the same answers
    }
    if (r->has_request() && a.status != 0) {
      purse_.book_one(f.facts.model, r->price_factor, billing::batch, a);
    }
    row_verdict verdict = judge.judge(*r, std::move(a));
    if (!verdict.stop.empty()) stop(verdict.stop);
    if (!verdict.again) {
      if (!r->has_request()) statistics_.row_shared();
      finish(r->from, r->hash, std::move(verdict.last));
      continue;
    }
    if (leaving_ == leaving::drop) continue;
    if (!again) {
      batch_part next = successor(f.facts);
      ++next.attempt;
      again = std::make_unique<part_writer>(paths_, std::move(next));
    }
    if (verdict.paid) r->spent = verdict.last.tokens;
    statistics_.attempt_retried();
    copy_row(*r, judge.request_of(*r), *again);
  }
  crash_point("batch merge", "before");
  purse_.save_booked();
  co_await parts_.output.settle();
  crash_point("batch merge", "settled");
  if (!again) {
    hand_on(f, nullptr, nullptr);
    co_return;
  }
  batch_part heir = again->close();
  if (judge.goes_online() || leaving_ == leaving::online) heir.state = part_state::online;
  hand_on(f, &heir, nullptr);
}

/// Ends a part, and begins those that have its rows now. All of it is written down at once.
void conductor::hand_on(followed& f, const batch_part* one, const batch_part* other) {
  release(f);
  f.facts.state = part_state::merged;
  if (other != nullptr) {
    book_.save({&f.facts, one, other});
  } else if (one != nullptr) {
    book_.save({&f.facts, one});
  } else {
    book_.save({&f.facts});
  }
  crash_point("batch merge", "noted");
  for (const batch_part* heir : {one, other}) {
    if (heir != nullptr && heir->state != part_state::online) begin(*heir, f.cuts);
  }
}

/// The server refused the file as it is; nothing of it was executed.
awaitable<void> conductor::was_refused(followed& f) {
  release(f);
  const refusal why = judge_refusal(f.seen->problems);
  f.seen.reset();
  if (leaving_ != leaving::no) {  // nothing of it was executed, and nothing is to be
    f.facts.batch_id.clear();
    move_on(f, part_state::uploaded);
    co_return;
  }
  refusal_cause cause = why.cause;
  if (cause == refusal_cause::queue_full) {
    queue_refused(f.facts, why.limit);
    const bool alone = queue_of(f.facts).inside() == 0 && !why.limit;
    if (alone && ++f.refused_alone >= most_refusals_alone && f.facts.requests > 1) {
      co_await halve(f, why);
      co_return;
    }
    if (f.facts.requests > 1 || !queue_of(f.facts).is_too_large(f.facts.tokens)) {
      f.facts.batch_id.clear();
      move_on(f, part_state::uploaded);
      co_return;
    }
    cause = refusal_cause::unknown;  // a request that no queue will ever take
  }
  if (cause == refusal_cause::unknown && ++refusals_in_a_row_ >= most_refusals) {
    cause = refusal_cause::run;
  }
  if (cause == refusal_cause::run) {
    const std::string id = std::exchange(f.facts.batch_id, "");
    move_on(f, part_state::uploaded);  // a corrected spec may begin anew
    stop(
        fmt::format("the server refuses batch {}: {} ({})", id, why.first.message, why.first.code));
    co_return;
  }
  if (cause == refusal_cause::lines) {
    co_await take_out(f, why);
  } else {
    co_await halve(f, why);
  }
}

/// The lines that were named fail, the others go on without them.
awaitable<void> conductor::take_out(followed& f, const refusal& why) {
  const part_judge source(parts_.spec, parts_.job, paths_, f.facts);
  part_writer rest(paths_, successor(f.facts));
  part_row_reader rows(paths_.rows(f.facts.number));
  std::map<std::uint64_t, const batch_problem*> failed;  // by row
  std::uint64_t line = 0;
  while (auto r = rows.next()) {
    if (r->has_request()) {
      const auto named = why.faulty.find(++line);
      if (named != why.faulty.end()) failed[r->from.index] = &named->second;
    }
    const auto guilty = failed.find(r->asked_as);
    if (guilty != failed.end()) {
      fail_row(*r, *guilty->second);
    } else if (!parts_.output.finished(r->from.index)) {
      copy_row(*r, source.request_of(*r), rest);
    }
  }
  co_await parts_.output.settle();
  if (failed.empty()) {  // the lines named are none of ours
    if (++refusals_in_a_row_ < most_refusals) {
      co_await halve(f, why);
    } else {
      stop(why.first.message);
    }
    co_return;
  }
  if (rest.facts().requests == 0) {
    hand_on(f, nullptr, nullptr);
    co_return;
  }
  const batch_part heir = rest.close();
  hand_on(f, &heir, nullptr);
}

/// Something in the file is wrong, or there is too much in it: each half goes its own way.
awaitable<void> conductor::halve(followed& f, const refusal& why) {
  const part_judge source(parts_.spec, parts_.job, paths_, f.facts);
  part_row_reader rows(paths_.rows(f.facts.number));
  if (f.facts.requests <= 1) {
    while (const auto r = rows.next()) fail_row(*r, why.first);
    co_await parts_.output.settle();
    hand_on(f, nullptr, nullptr);
    co_return;
  }
  part_writer first(paths_, successor(f.facts));
  part_writer second(paths_, successor(f.facts));
  const std::uint64_t half = f.facts.requests / 2;
  while (auto r = rows.next()) {
    if (parts_.output.finished(r->from.index)) continue;
    const bool early = first.facts().requests < half || first.asks_for(r->asked_as);
    copy_row(*r, source.request_of(*r), early ? first : second);
  }
  const batch_part one = first.close();
  const batch_part other = second.close();
  hand_on(f, &one, &other);
}

void conductor::fail_row(const part_row& r, const batch_problem& why) {
  if (parts_.output.finished(r.from.index)) return;
  outcome last;
  last.custom_id = r.custom_id;
  last.error_code = why.code.empty() ? "batch_refused" : why.code;
  last.error_message =
      why.message.empty() ? "the server refused the row without a reason" : why.message;
  last.tokens = r.spent;
  last.attempts = r.has_request() ? 1 : 0;
  finish(r.from, r.hash, std::move(last));
}

}  // namespace batchmill
