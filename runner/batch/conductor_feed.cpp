// Rows of the input on their way into parts.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "batchmill/error.hpp"
#include "runner/batch/duplicate.hpp"
#include "runner/batch/followed.hpp"
#include "runner/engine/answer.hpp"
#include "runner/engine/ledger/input_check.hpp"
#include "runner/engine/ledger/request_hash.hpp"

namespace batchmill {
namespace {

constexpr auto pipe_poll = std::chrono::milliseconds(20);
constexpr std::uint64_t rows_at_once = 1024;  // cut before others have a turn
constexpr unsigned parts_ahead = 2;           // cut before there is a place for them

bool has_no_batch_yet(const batch_part& p) {
  return p.state < part_state::created;
}

/// Enough of a request's hash to see that it changed.
std::uint32_t mark_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash) | 1U;
}

}  // namespace

void conductor::cover_rows_of(const batch_part& part) {
  part_row_reader rows(paths_.rows(part.number));
  while (const auto r = rows.next()) {
    if (covered_.size() <= r->from.index) covered_.resize(r->from.index + 1);
    covered_[r->from.index] = mark_of(r->hash);
  }
}

bool conductor::is_covered(std::uint64_t row) const {
  return row < covered_.size() && covered_[row] != 0;
}

/// What is under way was asked with the input as it was then.
void conductor::require_same(const row& r) const {
  if (covered_[r.index] == mark_of(hash_now(parts_.job, r))) return;
  throw usage_error(fmt::format(
      "{}:{}: this row changed since it was put into a batch for {}; give the input as it was, or "
      "give the batches up with: batchmill cancel {}",
      *r.file, r.line, parts_.spec.output.path, parts_.spec.output.path));
}

awaitable<void> conductor::feed() {
  while (!ending() && leaving_ == leaving::no) {
    while (!hungry() && !ending()) co_await appetite_.wait();
    co_await parts_.output.room();
    if (ending() || leaving_ != leaving::no) co_return;
    row_source::item item = parts_.rows.next();
    if (std::holds_alternative<row_source::end>(item)) break;
    if (std::holds_alternative<row_source::not_yet>(item)) {
      co_await parts_.time.sleep_until(parts_.time.now() + pipe_poll);
      continue;
    }
    row& r = std::get<row>(item);
    const bool open = !delivery_.finished_before(r);
    if (open && is_covered(r.index)) {
      require_same(r);
    } else if (open) {
      take_in(std::move(r));
    }
    if (parts_.rows.rows_read() % rows_at_once == 0) co_await tasks_.yield();
  }
  if (ending() || leaving_ != leaving::no) co_return;
  for (batch_part& p : cutter_.finish()) {
    book_.save({&p});
    begin(std::move(p));
  }
  fed_ = true;
}

/// Few parts are cut ahead of their upload: each takes room on the disk.
bool conductor::hungry() const {
  if (leaving_ != leaving::no) return true;  // to see that nothing is to be cut
  const auto waiting = std::ranges::count_if(
      followed_, [](const auto& f) { return has_no_batch_yet(f.second->facts); });
  return waiting < parts_ahead;
}

void conductor::take_in(row&& r) {
  auto prepared = parts_.job.prepare(r);
  if (!prepared) return finish(r, row_hash(r), outcome_of(prepared.error()));
  const std::uint64_t hash = request_hash(prepared->request);
  if (delivery_.take_over(r, *prepared, hash)) return;
  if (const auto why = cutter_.check(r, *prepared)) return finish(r, hash, outcome_of(*why));
  const auto most = purse_.most_for(*prepared, billing::batch);
  if (!most) {
    return stop("what requests to the model " + prepared->model +
                " cost is not known, so no budget can be kept; add its prices to a file that "
                "`models` names");
  }
  auto full = cutter_.add(std::move(r), std::move(*prepared), hash, most->pico());
  if (!full) return;
  book_.save({&*full});
  begin(std::move(*full));
}

}  // namespace batchmill
