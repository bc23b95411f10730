// Runs a job through the Batch API: cuts the rows into parts, and brings each part through its
// steps until every row has its last word.
//
// Every step is written down when it is done, and before it when it changes something at the
// server. So a run may end anywhere: the next one looks for what may have been made instead of
// making it again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "runner/batch/part_book.hpp"
#include "runner/batch/part_cutter.hpp"
#include "runner/batch/part_paths.hpp"
#include "runner/batch/poll_pace.hpp"
#include "runner/batch/token_queue.hpp"
#include "runner/batch/validation.hpp"
#include "runner/engine/delivery.hpp"
#include "runner/engine/purse.hpp"
#include "runner/engine/run_statistics.hpp"
#include "runner/engine/scheduler_parts.hpp"
#include "runner/engine/stoppable.hpp"
#include "runner/engine/task_group.hpp"
#include "runner/remote/remote_api.hpp"

namespace batchmill {

/// What becomes of rows without an answer, when batches are given up.
enum class leaving {
  no,      // nothing is given up
  online,  // they are asked online afterwards
  drop,    // they stay open, for another run
};

struct batch_terms {
  batch_terms() = default;

  std::string run_id;                  // tells the batches of this run from all others
  leaving at_once = leaving::no;       // give up what there is, cut nothing
  std::optional<time_point> deadline;  // from then on as `batch.on_deadline` says
  bool detach = false;                 // end as soon as all that may be is under way
};

class conductor final : public stoppable {
 public:
  /// All must outlive it, as what `parts` names.
  conductor(executor ex, const scheduler_parts& parts, remote_api& api, part_book& book,
            const part_paths& paths, const batch_terms& terms, std::uint64_t seed);
  ~conductor() override;

  /// Returns when no part is open any more, or the run was stopped. Throws run_error.
  awaitable<void> run();

  void drain(std::string reason) override;
  void abort() override;
  std::string_view after_drain() const override;

  /// Are there rows left that are to be asked online?
  bool leaves_rows_online() const;

  run_summary summary() const;

  /// Of all rows that are finished, those of earlier processes included.
  const row_counts& counts() const { return statistics_.counts(); }

  /// By this process and those before it.
  spending spent() const;

 private:
  struct followed;
  // Rows into parts.
  awaitable<void> feed();
  void take_in(row&& r);
  void begin(batch_part facts, unsigned cuts = 0);
  void take_up(batch_part facts);
  void cover_rows_of(const batch_part& part);
  void price(batch_part& part);
  bool is_covered(std::uint64_t row) const;
  void require_same(const row& r) const;
  bool hungry() const;

  // A part's way.
  awaitable<void> follow(followed& f);
  awaitable<void> upload(followed& f);
  awaitable<void> create(followed& f);
  awaitable<void> await_end(followed& f);
  awaitable<void> give_up(followed& f);
  awaitable<void> collect(followed& f);
  awaitable<void> merge(followed& f);
  awaitable<void> clean(followed& f);
  awaitable<bool> download(std::string id, std::string path);
  awaitable<void> was_refused(followed& f);
  awaitable<void> take_out(followed& f, const refusal& why);
  awaitable<void> halve(followed& f, const refusal& why);
  void was_made(followed& f, const remote_batch& made);
  void was_not_made(followed& f, const remote_failure& why);
  void queue_refused(const batch_part& part, std::optional<std::int64_t> named);
  void leave_queue(followed& f);
  awaitable<bool> fits_by_itself(followed& f);
  awaitable<void> wait_for_money(followed& f);
  void answer_was_lost(followed& f, const remote_failure& why, const char* what);
  money most_of(const batch_part& part) const;
  static expense expense_of(const followed& f, const part_row& r);
  bool has_money(const batch_part& part) const;
  void set_aside(followed& f);
  void release(followed& f);
  awaitable<void> leave(followed& f);
  void note_left_file(const std::string& id, const remote_failure& why);
  void tell_what_goes_on() const;
  void move_on(followed& f, part_state state);
  void fail_row(const part_row& r, const batch_problem& why);
  batch_part successor(const batch_part& of);
  void hand_on(followed& f, const batch_part* one, const batch_part* other);
  void remove_files(std::uint64_t number) const;

  // What may exist, or exist twice.
  struct duplicate;
  void begin_doubt(followed& f, const std::string& why);
  void end_doubts(const std::vector<remote_batch>& ours, time_point asked);
  void forget(followed& f);
  bool searches() const;
  unix_seconds since_doubt() const;
  awaitable<void> look_for_ours();
  awaitable<void> look_once_more();
  awaitable<void> end_duplicates(std::vector<remote_batch> ours);
  awaitable<void> end_duplicate(batch_part part, remote_batch b);
  bool meet(const batch_part& part, const remote_batch& b);
  void settle(duplicate& d, const remote_batch& b);
  void write_off_duplicates();
  awaitable<void> delete_uploads_of(std::uint64_t number, std::string name, std::uint64_t bytes);
  static std::string doubted_upload(std::uint64_t part);

  // Looking.
  awaitable<void> watch();
  awaitable<void> look_at(std::string id);
  awaitable<void> look_through_list();
  void seen(const remote_batch& b);

  awaitable<void> tick();
  bool suffer(const remote_failure& why, const std::string& what);
  void give_up_all(leaving how, const std::string& why);
  void stop(std::string reason);
  void wake_all();
  void finish(const row& r, std::uint64_t hash, outcome result);
  token_queue& queue_of(const batch_part& part);
  bool ending() const { return draining_ || aborted_; }
  bool all_under_way() const;
  void detach();
  void count(batch_counters& now) const;
  run_status status();

  scheduler_parts parts_;
  remote_api& api_;
  part_book& book_;
  part_paths paths_;
  batch_terms terms_;
  run_statistics statistics_;
  delivery delivery_;
  purse purse_;
  std::uint64_t newest_ = 0;  // number of a part
  part_cutter cutter_;
  std::map<std::uint64_t, std::unique_ptr<followed>> followed_;  // by number
  std::map<std::string, token_queue> queues_;                    // by model
  std::map<std::string, duplicate> duplicates_;                  // by batch
  std::optional<unix_seconds> doubted_since_;  // a batch may come to light that was given up
  std::vector<std::uint32_t> covered_;         // rows in parts of earlier processes: mark_of; or 0
  executor executor_;
  task_group tasks_;
  task_group helpers_;
  parking_spot appetite_;  // the feeder waits here
  parking_spot look_out_;  // the watch waits here
  poll_pace pace_;
  time_point next_look_{};
  std::mt19937_64 random_;

  leaving leaving_ = leaving::no;
  std::optional<time_point> deadline_;
  bool merging_ = false;
  bool fed_ = false;  // every row of the input is in a part or finished
  bool finished_ = false;
  bool draining_ = false;
  bool aborted_ = false;
  unsigned refusals_in_a_row_ = 0;  // of whole files, without a reason that names lines
  run_end end_ = run_end::complete;
  std::string stop_reason_;
};

}  // namespace batchmill
