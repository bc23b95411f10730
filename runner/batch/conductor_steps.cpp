// The steps of a part on its way to the server.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "runner/batch/batch_tags.hpp"
#include "runner/batch/followed.hpp"
#include "runner/engine/ledger/crash_point.hpp"

namespace batchmill {
namespace {

using std::chrono::seconds;

constexpr auto upload_doubt = seconds(5);    // a second file costs nothing
constexpr unsigned most_cuts = 3;            // for the budget: no batch under an eighth of a whole
constexpr unsigned most_lost_creations = 5;  // in a row, of one part: each may cost
constexpr unsigned most_lost_answers = 20;  // in a row, of one part: the server cannot be relied on

const std::string& text_of(const remote_failure& why) {
  return why.message.empty() ? why.code : why.message;
}

unix_seconds seconds_of(wall_time t) {
  return std::chrono::duration_cast<seconds>(t.time_since_epoch()).count();
}

}  // namespace

/// A part's way, from wherever it stands to its end.
awaitable<void> conductor::follow(followed& f) {
  while (f.facts.is_open() && !ending()) {
    if (leaving_ != leaving::no && f.facts.state <= part_state::uploaded &&
        f.facts.state != part_state::uploading) {
      co_await leave(f);
      break;
    }
    switch (f.facts.state) {
      case part_state::cut:
      case part_state::uploading:
        co_await upload(f);
        break;
      case part_state::uploaded:
        co_await create(f);
        break;
      case part_state::creating:
        if (!f.in_doubt) begin_doubt(f, "whether it was created before is not known");
        co_await f.spot.wait();  // the watch looks for it
        break;
      case part_state::created:
        co_await await_end(f);
        break;
      case part_state::ended:
        co_await collect(f);
        break;
      default:
        break;
    }
  }
  if (f.facts.state == part_state::merged && !aborted_) co_await clean(f);
  appetite_.wake();
}

void conductor::move_on(followed& f, part_state state) {
  f.facts.state = state;
  book_.save({&f.facts});
}

awaitable<void> conductor::upload(followed& f) {
  batch_part& facts = f.facts;
  if (facts.state == part_state::cut) {
    const bool fits = co_await fits_by_itself(f);
    if (!fits) co_return;
  }
  std::string id;
  if (facts.state == part_state::uploading) {
    auto found = co_await api_.find_file("batch", facts.file_name, facts.bytes);
    if (!found) {
      suffer(found.error(), "cannot look for " + facts.file_name);
      co_return;
    }
    if (*found) {
      id = (**found).id;
    } else {
      book_.set_fact(doubted_upload(facts.number), "yes");  // it may be there all the same
    }
  } else {
    facts.file_name = fmt::format("batchmill-{}-{:06}.jsonl", terms_.run_id, facts.number);
    move_on(f, part_state::uploading);
    crash_point("batch upload", "before");
  }
  if (id.empty()) {
    const upload_order order(paths_.requests(facts.number), facts.file_name, "batch");
    auto made = co_await api_.upload_file(order);
    crash_point("batch upload", "after");
    if (!made) {
      if (made.error().kind == failure_kind::unknown_outcome) {
        answer_was_lost(f, made.error(), "upload a file");
        f.taken_up = parts_.time.now();
        while (parts_.time.now() < f.taken_up + upload_doubt && !ending()) co_await f.spot.wait();
      } else {
        suffer(made.error(), "cannot upload " + facts.file_name);
      }
      co_return;  // else it is looked for
    }
    f.lost_answers = 0;
    id = made->id;
  }
  facts.input_file_id = id;
  move_on(f, part_state::uploaded);
  crash_point("batch upload", "noted");
}

/// Is there a chance for it at all? What is too large for the queue or the budget is cut again
/// before it costs an upload.
awaitable<bool> conductor::fits_by_itself(followed& f) {
  if (queue_of(f.facts).is_too_large(f.facts.tokens) && f.facts.requests > 1) {
    const refusal too_large;
    co_await halve(f, too_large);
    co_return false;
  }
  if (has_money(f.facts)) co_return true;
  co_await wait_for_money(f);
  co_return false;
}

/// Waits for a place in the queue and makes the batch.
awaitable<void> conductor::create(followed& f) {
  batch_part& facts = f.facts;
  token_queue& queue = queue_of(facts);
  if (queue.is_too_large(facts.tokens) && facts.requests > 1) {
    const refusal too_large;
    co_await halve(f, too_large);
    co_return;
  }
  if (!queue.admits(facts.tokens, parts_.time.now())) {
    co_await f.spot.wait();
    co_return;
  }
  if (!has_money(facts)) {
    co_await wait_for_money(f);
    co_return;
  }
  queue.entered(facts.tokens);
  f.in_queue = true;
  set_aside(f);
  ++facts.creation;
  f.taken_up = parts_.time.now();
  f.facts.created_at = seconds_of(parts_.time.wall_now());
  move_on(f, part_state::creating);
  crash_point("batch create", "before");
  const batch_order order = order_for(facts, terms_.run_id);
  auto made = co_await api_.create_batch(order);
  crash_point("batch create", "after");
  if (made) {
    was_made(f, *made);
    co_return;
  }
  was_not_made(f, made.error());
}

/// It is looked for what may have been made, and made again when it is not there: not for ever.
void conductor::answer_was_lost(followed& f, const remote_failure& why, const char* what) {
  parts_.observer.notice(
      severity::warning,
      fmt::format("no answer to the call to {}: {}; looking for what it made", what, text_of(why)));
  if (++f.lost_answers >= most_lost_answers) suffer(why, fmt::format("cannot {}", what));
}

/// A server may count prompts in another way than we do: until answers bear our counts out, a part
/// may cost what it would with any way of counting.
money conductor::most_of(const batch_part& part) const {
  const bool proven = purse_.counts_are_proven(part.model);
  return money(proven ? part.counted_cost : part.most_cost);
}

bool conductor::has_money(const batch_part& part) const {
  return purse_.judge(most_of(part)) == budget::verdict::go;
}

/// Also sets aside more, where answers have shown that a part may cost more than was thought.
void conductor::set_aside(followed& f) {
  const money all = most_of(f.facts);
  if (all <= f.held) return;
  purse_.set_aside(all - f.held);
  f.held = all;
}

void conductor::release(followed& f) {
  purse_.release(std::exchange(f.held, money()));
}

/// Others may cost less than is set aside for them; when there are none, a part of it may fit.
awaitable<void> conductor::wait_for_money(followed& f) {
  const money most = most_of(f.facts);
  if (purse_.judge(most) == budget::verdict::wait) {
    co_await f.spot.wait();
    co_return;
  }
  const money least(most.pico() /
                    static_cast<std::int64_t>(std::max<std::uint64_t>(1, f.facts.requests)));
  if (f.facts.requests > 1 && purse_.judge(least) == budget::verdict::go) {
    if (f.cuts == most_cuts) {
      stop(purse_.too_dear(f.facts.requests, most));
      co_return;
    }
    ++f.cuts;
    const refusal too_dear;
    co_await halve(f, too_dear);
    co_return;
  }
  stop(purse_.used_up(fare(least, most)));
}

void conductor::was_made(followed& f, const remote_batch& made) {
  f.facts.batch_id = made.id;
  f.facts.status = made.status_text;
  f.facts.created_at = made.created_at;
  f.facts.expires_at = made.expires_at;
  if (!f.in_queue) queue_of(f.facts).entered(f.facts.tokens);
  f.in_queue = true;
  f.in_doubt = false;
  set_aside(f);
  move_on(f, part_state::created);
  crash_point("batch create", "noted");
  pace_.restart();
  next_look_ = std::min(next_look_, parts_.time.now() + parts_.spec.batch.poll);
  appetite_.wake();
}

void conductor::was_not_made(followed& f, const remote_failure& why) {
  if (why.kind == failure_kind::stopped) return;
  if (why.kind == failure_kind::unknown_outcome) {
    if (++f.lost_answers >= most_lost_creations) suffer(why, "cannot create a batch");
    begin_doubt(f, "its creation got no answer: " + text_of(why));
    return;
  }
  leave_queue(f);
  release(f);
  move_on(f, part_state::uploaded);
  if (means_queue_full(why.code, why.message)) {
    return queue_refused(f.facts, named_queue_limit(why.message));
  }
  if (why.kind == failure_kind::gone && ++f.lost_files < 3) {
    move_on(f, part_state::cut);  // the server has forgotten the file
    return;
  }
  suffer(why, "cannot create a batch");
}

void conductor::queue_refused(const batch_part& part, std::optional<std::int64_t> named) {
  token_queue& queue = queue_of(part);
  queue.refused(named, parts_.time.now());
  if (queue.limit()) cutter_.bound_tokens(*queue.limit());
}

void conductor::leave_queue(followed& f) {
  if (f.in_queue) queue_of(f.facts).left(f.facts.tokens);
  f.in_queue = false;
  for (auto& [number, other] : followed_) other->spot.wake();
}

}  // namespace batchmill
