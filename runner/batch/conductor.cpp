#include "runner/batch/conductor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "batchmill/error.hpp"
#include "runner/batch/duplicate.hpp"
#include "runner/batch/followed.hpp"
#include "runner/engine/answer.hpp"
#include "runner/engine/ledger/request_hash.hpp"

namespace batchmill {
namespace {

constexpr auto tick_length = std::chrono::milliseconds(100);

}  // namespace

conductor::conductor(executor ex, const scheduler_parts& parts, remote_api& api, part_book& book,
                     const part_paths& paths, const batch_terms& terms, std::uint64_t seed)
    : parts_(parts),
      api_(api),
      book_(book),
      paths_(paths),
      terms_(terms),
      statistics_(parts.time.now(), parts.earlier),
      delivery_(parts_, statistics_),
      purse_(ex, parts.spec, parts.money, [this](std::string why) { stop(std::move(why)); }),
      cutter_(parts.spec, paths_, newest_),
      executor_(ex),
      tasks_(ex, [this] { abort(); }),
      helpers_(ex, [this] { abort(); }),
      appetite_(ex),
      look_out_(ex),
      pace_(parts.spec.batch.poll),
      random_(seed),
      deadline_(terms.deadline) {
  purse_.on_first(parts.first_of_model);
  // What is durable in the output is never missing in the books.
  parts_.output.before_commit([this] { purse_.save_booked(); });
}

conductor::~conductor() {
  parts_.output.before_commit(nullptr);
}

awaitable<void> conductor::run() {
  if (book_.fact("leaving") == "online") leaving_ = leaving::online;
  if (const std::string since = book_.fact("doubted since"); !since.empty()) {
    doubted_since_ = std::strtoll(since.c_str(), nullptr, 10);
  }
  if (terms_.at_once != leaving::no) give_up_all(terms_.at_once, "");
  std::vector<batch_part> known = book_.load();
  for (const batch_part& p : known) {
    newest_ = std::max(newest_, p.number);
    if (p.state != part_state::merged && p.state != part_state::clean) cover_rows_of(p);
  }
  for (batch_part& p : known) take_up(std::move(p));
  parts_.observer.started(status());
  helpers_.spawn(tick());
  helpers_.spawn(watch());
  tasks_.spawn(feed());
  std::exception_ptr failure;
  try {
    co_await tasks_.join();
    if (!ending()) co_await look_once_more();
  } catch (...) {
    failure = std::current_exception();
  }
  finished_ = true;
  wake_all();
  co_await helpers_.join();
  write_off_duplicates();
  purse_.save_booked();
  co_await parts_.output.settle();
  tell_what_goes_on();
  if (failure) std::rethrow_exception(failure);
}

/// Ending this process ends no batch: they go on, and cost what they cost.
void conductor::tell_what_goes_on() const {
  const auto left =
      std::ranges::count_if(followed_, [](const auto& f) { return f.second->facts.goes_on(); });
  const auto unsure =
      std::ranges::count_if(followed_, [](const auto& f) { return f.second->in_doubt; });
  if (unsure > 0) {
    parts_.observer.notice(
        severity::warning,
        fmt::format("whether {} more {} created is not known: the same command looks again", unsure,
                    unsure == 1 ? "batch was" : "batches were"));
  }
  if (left == 0 || terms_.detach) return;
  const char* them = left == 1 ? "it" : "them";
  parts_.observer.notice(
      severity::warning,
      fmt::format("{} {} on at the server: the same command collects {}, batchmill cancel gives {} "
                  "up",
                  left, left == 1 ? "batch goes" : "batches go", them, them));
}

/// Of an earlier process.
void conductor::take_up(batch_part facts) {
  if (facts.state == part_state::clean || facts.state == part_state::online) return;
  if (leaving_ == leaving::no) facts.giving_up = false;  // what was cancelled is asked anew
  begin(std::move(facts));
}

void conductor::begin(batch_part facts, unsigned cuts) {
  const std::uint64_t number = facts.number;
  if (parts_.spec.limits.budget && facts.most_cost == 0 && facts.is_open()) {
    facts.most_cost = most_cost_of(number);  // it was cut when there was no budget
  }
  auto& place = followed_[number];
  place = std::make_unique<followed>(executor_, std::move(facts), parts_.time.now(), cuts);
  if (place->facts.is_remote()) {
    place->in_queue = true;
    queue_of(place->facts).entered(place->facts.tokens);
    next_look_ = parts_.time.now();
  }
  const part_state state = place->facts.state;
  if (state == part_state::creating || state == part_state::created || state == part_state::ended) {
    set_aside(*place);
  }
  tasks_.spawn(follow(*place));
}

std::int64_t conductor::most_cost_of(std::uint64_t part) {
  money sum;
  part_row_reader rows(paths_.rows(part));
  while (const auto r = rows.next()) {
    if (!r->has_request()) continue;
    const auto prepared = parts_.job.prepare(r->from);
    const auto most = prepared ? purse_.most_for(*prepared, billing::batch) : std::nullopt;
    if (!most) {
      stop("what the requests of a batch cost is not known, so no budget can be kept");
      return 0;
    }
    sum += *most;
  }
  return sum.pico();
}

awaitable<void> conductor::tick() {
  while (!finished_) {
    co_await parts_.time.sleep_until(parts_.time.now() + tick_length);
    if (aborted_) break;  // the clock stands still
    if (!purse_.unsaved().empty()) stop(purse_.unsaved());
    parts_.output.tick();
    if (!parts_.output.full().empty()) stop(parts_.output.full());
    parts_.observer.progressed(status());
    const time_point now = parts_.time.now();
    if (deadline_ && now >= *deadline_ && leaving_ == leaving::no) {
      deadline_.reset();
      give_up_all(leaving::online, "the deadline has come");
    }
    if (terms_.detach && all_under_way()) detach();
    wake_all();
  }
}

void conductor::wake_all() {
  for (auto& [number, f] : followed_) f->spot.wake();
  appetite_.wake();
  look_out_.wake();
}

/// Rows without an answer are not waited for any longer.
void conductor::give_up_all(leaving how, const std::string& why) {
  leaving_ = how;
  if (how == leaving::online) book_.set_fact("leaving", "online");
  if (!why.empty()) {
    parts_.observer.notice(severity::warning,
                           why +
                               ": the batches are cancelled, what they have not answered is "
                               "asked online");
  }
  wake_all();
}

bool conductor::leaves_rows_online() const {
  if (leaving_ == leaving::online) return true;
  const auto parts = book_.load();
  return std::ranges::any_of(parts, [](const auto& p) { return p.state == part_state::online; });
}

/// Says of a call that failed whether the caller should go on with its part; false: the run ends.
bool conductor::suffer(const remote_failure& why, const std::string& what) {
  if (why.kind == failure_kind::stopped || ending()) return false;
  stop(fmt::format("{}: {}", what, why.message.empty() ? why.code : why.message));
  return false;
}

void conductor::stop(std::string reason) {
  if (aborted_ || end_ == run_end::stopped) return;
  drain(reason);
  end_ = run_end::stopped;
  stop_reason_ = std::move(reason);
}

void conductor::drain(std::string reason) {
  if (draining_) return;
  draining_ = true;
  end_ = run_end::interrupted;
  stop_reason_ = std::move(reason);
  parts_.output.release_waiters();
  wake_all();
}

std::string_view conductor::after_drain() const {
  return "no batch is created any more; those at the server go on and are paid: the same command "
         "collects them, batchmill cancel gives them up; once more ends at once";
}

void conductor::abort() {
  if (aborted_) return;
  drain("cancelled");
  aborted_ = true;
  parts_.wire.cancel();
  if (parts_.files != nullptr) parts_.files->cancel();
  parts_.time.cancel();
  wake_all();
}

/// Is there nothing to do but to wait for the server?
bool conductor::all_under_way() const {
  if (merging_) return false;
  const time_point now = parts_.time.now();
  const auto waits = [&](const auto& entry) {
    const batch_part& p = entry.second->facts;
    if (p.state == part_state::clean) return true;
    if (p.state == part_state::created) {
      return entry.second->seen && !is_final(entry.second->seen->status);
    }
    const auto queue = queues_.find(p.model);
    return p.state == part_state::uploaded && queue != queues_.end() &&
           !queue->second.admits(p.tokens, now);
  };
  const bool any = std::ranges::any_of(
      followed_, [](const auto& entry) { return entry.second->facts.is_open(); });
  return any && (fed_ || !hungry()) && std::ranges::all_of(followed_, waits);
}

void conductor::detach() {
  drain("the batches are under way");
  end_ = run_end::under_way;
}

void conductor::finish(const row& r, std::uint64_t hash, outcome result) {
  const auto enough = delivery_.finish(r, hash, std::move(result));
  if (enough) stop(*enough);
}

token_queue& conductor::queue_of(const batch_part& part) {
  return queues_.try_emplace(part.model, parts_.spec.batch.enqueued_tokens).first->second;
}

}  // namespace batchmill
