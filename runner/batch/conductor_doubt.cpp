// Creations whose outcome is not known. Their batches are looked for in the server's list, again
// and again for sixty times `batch.poll`, and only then created anew. Should one come to light
// after that, its part has two: one is gone on with, the other is cancelled and accounted for.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "batchmill/duration.hpp"
#include "runner/batch/batch_tags.hpp"
#include "runner/batch/duplicate.hpp"
#include "runner/batch/followed.hpp"

namespace batchmill {
namespace {

constexpr unix_seconds clock_skew = 24 * 3600;  // between the server's clock and ours

// What was created may be listed late; the longer a run is content to wait, the surer it can be.
constexpr int looks_in_doubt = 60;  // with the shortest pace; five minutes unless the spec has it

duration doubt_of(const job_spec& spec) {
  return looks_in_doubt * spec.batch.poll;
}

constexpr const char* open = "open";  // facts about a duplicate
constexpr const char* settled = "settled";

std::string fact_about(const std::string& batch) {
  return "duplicate " + batch;
}

/// Its rows are still to find a batch, then.
bool was_refused_in(const std::vector<remote_batch>& ours, const batch_part& part) {
  return part.state == part_state::created && std::ranges::any_of(ours, [&](const auto& b) {
           return b.id == part.batch_id && !may_cost(b);
         });
}

const char* requests_word(std::uint64_t count) {
  return count == 1 ? "request" : "requests";
}

}  // namespace

void conductor::begin_doubt(followed& f, const std::string& why) {
  f.in_doubt = true;
  f.taken_up = parts_.time.now();
  pace_.restart();
  next_look_ = parts_.time.now();
  if (ending()) return;
  parts_.observer.notice(
      severity::warning,
      fmt::format("the batch of part {} may exist, as {}; it is looked for in the server's list "
                  "and created anew if it is not there in {}",
                  f.facts.number, why, format_duration(doubt_of(parts_.spec))));
}

/// It is not there, as far as anybody can know. Should it be: that is remembered.
void conductor::forget(followed& f) {
  doubted_since_ = std::min(doubted_since_.value_or(f.facts.created_at), f.facts.created_at);
  book_.set_fact("doubted since", std::to_string(*doubted_since_));
  f.in_doubt = false;
  leave_queue(f);
  release(f);
  move_on(f, part_state::uploaded);
}

bool conductor::searches() const {
  return doubted_since_ ||
         std::ranges::any_of(followed_, [](const auto& f) { return f.second->in_doubt; });
}

unix_seconds conductor::since_doubt() const {
  const auto now = parts_.time.wall_now().time_since_epoch();
  const unix_seconds today = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  unix_seconds since = doubted_since_.value_or(today);
  for (const auto& [number, f] : followed_) {
    if (f->in_doubt) since = std::min(since, f->facts.created_at);
  }
  return std::max<unix_seconds>(0, since - clock_skew);
}

/// All batches of the run, by one list.
awaitable<void> conductor::look_for_ours() {
  const time_point asked = parts_.time.now();
  auto ours = co_await api_.find_batches(run_tag, terms_.run_id, since_doubt());
  if (!ours) {
    suffer(ours.error(), "cannot list the batches");
    co_return;
  }
  std::vector<std::string> missing;
  for (const auto& [number, f] : followed_) {
    if (f->facts.is_remote()) missing.push_back(f->facts.batch_id);
  }
  for (const remote_batch& b : *ours) {
    std::erase(missing, b.id);
    seen(b);
  }
  end_doubts(*ours, asked);
  co_await end_duplicates(std::move(*ours));
  for (const std::string& id : missing) {
    if (ending()) co_return;
    co_await look_at(id);
  }
}

/// `asked`: when the list was asked for.
void conductor::end_doubts(const std::vector<remote_batch>& ours, time_point asked) {
  // A duplicate is accounted for by itself and its files are deleted: no part can go on with it.
  std::vector<remote_batch> free;
  std::ranges::copy_if(ours, std::back_inserter(free),
                       [&](const auto& b) { return book_.fact(fact_about(b.id)).empty(); });
  for (auto& [number, f] : followed_) {
    const bool waits = f->facts.state == part_state::uploaded;  // to be created anew
    if (!f->in_doubt && !waits) continue;
    if (const remote_batch* b = batch_to_adopt(free, f->facts)) {
      f->lost_answers = 0;
      was_made(*f, *b);
      seen(*b);
    } else if (f->in_doubt && asked >= f->taken_up + doubt_of(parts_.spec)) {
      forget(*f);
    }
    f->spot.wake();
  }
}

/// Before the run ends: afterwards nobody looks any more.
awaitable<void> conductor::look_once_more() {
  if (!doubted_since_) co_return;
  auto ours = co_await api_.find_batches(run_tag, terms_.run_id, since_doubt());
  if (ours) {
    co_await end_duplicates(std::move(*ours));
  } else if (!ending()) {
    parts_.observer.notice(
        severity::warning,
        fmt::format("cannot list the batches: {}; whether one was created twice is not known",
                    ours.error().message));
  }
}

/// `ours`: batches of this run.
awaitable<void> conductor::end_duplicates(std::vector<remote_batch> ours) {
  const std::vector<batch_part> parts = book_.load();
  for (const remote_batch& b : ours) {
    const auto part = std::ranges::find(parts, part_of(b), &batch_part::number);
    if (part == parts.end() || part->batch_id == b.id || !may_cost(b)) continue;
    if (part->state < part_state::created || was_refused_in(ours, *part)) {
      continue;  // it may become this one
    }
    if (ending()) co_return;
    co_await end_duplicate(*part, b);
  }
}

awaitable<void> conductor::end_duplicate(batch_part part, remote_batch b) {
  const bool accounted = !meet(part, b);
  if (!is_final(b.status) && b.status != batch_status::cancelling) {
    auto cancelled = co_await api_.cancel_batch(b.id);
    if (cancelled) {
      b = std::move(*cancelled);
    } else {
      if (ending()) co_return;
      parts_.observer.notice(severity::warning,
                             fmt::format("cannot cancel batch {}: {}; it can be cancelled with: "
                                         "batchmill batches cancel {}",
                                         b.id, cancelled.error().message, b.id));
    }
  }
  duplicate& d = duplicates_.at(b.id);
  if (accounted || !is_final(b.status) || d.settled) co_return;
  settle(d, b);
  purse_.save_booked();  // a kill here counts it twice, not never
  book_.set_fact(fact_about(b.id), settled);
  if (parts_.spec.batch.keep_files) co_return;
  for (const std::string& id : {b.output_file_id, b.error_file_id}) {
    if (id.empty()) continue;
    auto gone = co_await api_.delete_file(id);
    if (!gone) note_left_file(id, gone.error());
  }
}

/// False when it was accounted for before.
bool conductor::meet(const batch_part& part, const remote_batch& b) {
  const auto [place, is_new] = duplicates_.try_emplace(b.id);
  duplicate& d = place->second;
  if (!is_new) return !d.settled;
  const std::string known = book_.fact(fact_about(b.id));
  d.settled = known == settled;
  if (d.settled) return false;
  d.model = part.model;
  d.requests = part.requests;
  d.most_cost = money(part.most_cost);
  purse_.set_aside(d.most_cost);
  if (!known.empty()) return true;
  const std::string other =
      part.batch_id.empty() ? fmt::format("part {}", part.number) : "batch " + part.batch_id;
  parts_.observer.notice(
      severity::warning,
      fmt::format("batch {} came to light late and has the same requests as {}: it is cancelled, "
                  "and may be billed for up to {} {}",
                  b.id, other, d.requests, requests_word(d.requests)));
  book_.set_fact(fact_about(b.id), open);
  return true;
}

void conductor::settle(duplicate& d, const remote_batch& b) {
  const std::uint64_t done = std::min(d.requests, b.counts.completed);
  const double share =
      d.requests == 0 ? 0 : static_cast<double>(done) / static_cast<double>(d.requests);
  purse_.release(d.most_cost);
  const money risk(static_cast<std::int64_t>(static_cast<double>(d.most_cost.pico()) * share));
  purse_.book_lost(d.model, done, risk);
  d.settled = true;
  parts_.observer.notice(
      severity::info, fmt::format("batch {} ended with {} {} done, which may be billed", b.id, done,
                                  requests_word(done)));
}

/// Nobody sees them end: they may have done all.
void conductor::write_off_duplicates() {
  for (auto& [id, d] : duplicates_) {
    if (d.settled) continue;
    purse_.release(d.most_cost);
    purse_.book_lost(d.model, d.requests, d.most_cost);
    purse_.save_booked();
    book_.set_fact(fact_about(id), settled);
    d.settled = true;
  }
}

std::string conductor::doubted_upload(std::uint64_t part) {
  return "doubted upload " + std::to_string(part);
}

/// Of a file that was uploaded again because its first upload got no answer, each copy goes.
awaitable<void> conductor::delete_uploads_of(std::uint64_t number, std::string name,
                                             std::uint64_t bytes) {
  if (book_.fact(doubted_upload(number)).empty()) co_return;
  for (unsigned most = 20; most > 0; --most) {
    auto found = co_await api_.find_file("batch", name, bytes);
    if (!found || !*found) co_return;
    const std::string id = (**found).id;
    auto gone = co_await api_.delete_file(id);
    if (!gone) note_left_file(id, gone.error());
    if (!gone) co_return;
  }
}

}  // namespace batchmill
