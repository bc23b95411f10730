// A part's way back: its batch ends or is given up, and what it answered comes here.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "runner/batch/followed.hpp"
#include "runner/engine/ledger/crash_point.hpp"

namespace batchmill {

awaitable<void> conductor::await_end(followed& f) {
  if (leaving_ != leaving::no && !f.asked_to_end) {
    co_await give_up(f);
    if (ending() || f.facts.state != part_state::created) co_return;
  }
  if (!f.seen || !is_final(f.seen->status)) {
    co_await f.spot.wait();
    co_return;
  }
  const remote_batch& last = *f.seen;
  leave_queue(f);
  if (last.status == batch_status::failed) {
    co_await was_refused(f);
    co_return;
  }
  refusals_in_a_row_ = 0;
  f.facts.output_file_id = last.output_file_id;
  f.facts.error_file_id = last.error_file_id;
  move_on(f, part_state::ended);
  crash_point("batch end", "noted");
}

awaitable<void> conductor::give_up(followed& f) {
  f.asked_to_end = true;
  f.facts.giving_up = true;
  book_.save({&f.facts});
  crash_point("batch cancel", "before");
  auto answer = co_await api_.cancel_batch(f.facts.batch_id);
  crash_point("batch cancel", "after");
  if (!answer) {
    if (answer.error().kind == failure_kind::gone && leaving_ == leaving::drop) {
      leave_queue(f);
      release(f);
      move_on(f, part_state::merged);  // nobody can have it any more
    } else if (answer.error().kind != failure_kind::refused) {
      suffer(answer.error(), "cannot cancel batch " + f.facts.batch_id);
    }
    co_return;  // else it has ended meanwhile, or will
  }
  seen(*answer);
  pace_.restart();
  next_look_ = parts_.time.now() + parts_.spec.batch.poll;
}

/// Rows that no batch was made for.
awaitable<void> conductor::leave(followed& f) {
  if (leaving_ == leaving::drop) {
    move_on(f, part_state::merged);
    co_return;
  }
  const std::string uploaded = f.facts.input_file_id;
  move_on(f, part_state::online);
  if (uploaded.empty() || parts_.spec.batch.keep_files) co_return;
  auto gone = co_await api_.delete_file(uploaded);
  if (!gone) note_left_file(uploaded, gone.error());
}

void conductor::note_left_file(const std::string& id, const remote_failure& why) {
  if (ending()) return;
  parts_.observer.notice(severity::warning,
                         fmt::format("cannot delete the file {}: {}", id, why.message));
}

awaitable<void> conductor::collect(followed& f) {
  const batch_part& facts = f.facts;
  const bool answers = co_await download(facts.output_file_id, paths_.answers(facts.number));
  if (!answers) co_return;
  const bool errors = co_await download(facts.error_file_id, paths_.errors(facts.number));
  if (!errors) co_return;
  while (merging_ && !ending()) co_await f.spot.wait();
  if (ending()) co_return;
  merging_ = true;
  co_await merge(f);
  merging_ = false;
  wake_all();
}

/// False: the run ends, and the file is fetched by the next one.
awaitable<bool> conductor::download(std::string id, std::string path) {
  if (id.empty()) co_return true;
  crash_point("batch download", "before");
  auto done = co_await api_.download(id, path, std::nullopt);
  crash_point("batch download", "after");
  if (done) co_return true;
  if (done.error().kind == failure_kind::gone) {
    const bool do_without = leaving_ == leaving::drop;
    const std::string sentence =
        fmt::format("the server has no file {}, which holds paid answers", id);
    if (!do_without) stop(sentence + "; `batchmill cancel` does without it");
    if (do_without) parts_.observer.notice(severity::warning, sentence);
    co_return do_without;
  }
  co_return suffer(done.error(), "cannot download " + id);
}

/// Nothing of a part that is merged is needed any more, here or there.
awaitable<void> conductor::clean(followed& f) {
  const batch_part& facts = f.facts;
  if (!parts_.spec.batch.keep_files) {
    const std::vector<std::string> ids = facts.files();
    for (const std::string& id : ids) {
      auto gone = co_await api_.delete_file(id);
      crash_point("batch clean", "deleted");
      if (!gone) note_left_file(id, gone.error());
    }
    co_await delete_uploads_of(facts.number, facts.file_name, facts.bytes);
    if (ending()) co_return;
  }
  remove_files(facts.number);
  move_on(f, part_state::clean);
}

void conductor::remove_files(std::uint64_t number) const {
  std::error_code ignored;
  for (const auto& path : {paths_.requests(number), paths_.rows(number), paths_.answers(number),
                           paths_.errors(number)}) {
    std::filesystem::remove(path, ignored);
  }
}

}  // namespace batchmill
