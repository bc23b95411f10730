#include "runner/engine/ledger/opening.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/disk_file.hpp"
#include "runner/engine/ledger/generations.hpp"
#include "runner/engine/ledger/input_check.hpp"
#include "runner/engine/ledger/judgement.hpp"
#include "runner/engine/ledger/opening_notices.hpp"
#include "runner/engine/ledger/rebuilding.hpp"
#include "runner/engine/row_source.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace notices = opening_notices;
namespace {

// For the rows in flight and those of a tick, when the disk is full.
constexpr std::uint64_t reserve = 8 << 20;

bool can_be_resumed(const std::string& output) {
  return !fs::exists(output) || fs::is_regular_file(output);
}

void make_folder(const std::string& folder) {
  if (fs::is_symlink(folder)) refuse_link(folder);
  std::error_code failure;
  fs::create_directory(folder, failure);
  if (!failure) fs::permissions(folder, fs::perms::owner_all, failure);
  if (failure) throw run_error(fmt::format("cannot make {}: {}", folder, failure.message()));
}

/// One opening, step by step.
class opener {
 public:
  explicit opener(const opening_request& ask) : ask_(ask), paths_(ask.paths) {}

  opened_run open() {
    run_.piped = !rereadable();
    if (!can_be_resumed(paths_.output)) return open_temporary();
    take_hold();
    if (ask_.fresh) start_afresh();
    refuse_other_numbers();
    recover_earlier();
    if (run_.found.any()) judge_earlier();
    if (!run_.complete) begin();
    return std::move(run_);
  }

 private:
  opened_run open_temporary();
  void take_hold();
  void refuse_other_numbers();
  void start_afresh();
  void start_over();
  void recover_earlier();
  void vouch_for_output();
  bool summary_vouches();
  void judge_earlier();
  earlier_run look_at_earlier() const;
  std::string what_changed(const earlier_run& earlier) const;
  void leave_complete(const input_comparison& now);
  void say_resuming(const input_comparison& now);
  void mend_failed_rows();
  void renew();
  void say_renewed();
  void begin();

  bool rereadable() const;
  row_source rows() const { return row_source(ask_.spec, ask_.limit); }
  void say(severity how, const std::string& sentence) const { ask_.observer.notice(how, sentence); }

  const opening_request& ask_;
  ledger_paths paths_;
  opened_run run_;
  bool had_ledger_ = false;
  bool grown_ = false;  // a finished output without ledger, and the input has more rows
};

/// Rows ahead still need a place to rest: a folder that is gone with the run.
opened_run opener::open_temporary() {
  std::string folder = (fs::temp_directory_path() / "batchmill-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    throw run_error(fmt::format("cannot make a folder in {}", fs::temp_directory_path().string()));
  }
  paths_.folder = folder;
  run_.temporary = true;
  run_.paths = paths_;
  run_.files = std::make_unique<journal>(paths_, run_.found, ask_.segment_size);
  return std::move(run_);
}

void opener::take_hold() {
  make_folder(paths_.folder);
  run_.lock = std::make_unique<run_lock>(paths_.lock(), paths_.output);
  run_.paths = paths_;
}

void opener::refuse_other_numbers() {
  if (paths_.matrix.empty()) return;
  const bool small = paths_.numbers == number_type::float16;
  const number_type other = small ? number_type::float32 : number_type::float16;
  if (rows_of_matrix(paths_.matrix, other) == 0) return;
  if (ask_.replace) return start_over();
  throw usage_error(notices::numbers_changed(ask_.spec.where("output.numbers"), paths_.matrix));
}

void opener::start_afresh() {
  if (!fs::exists(paths_.output) && !fs::exists(paths_.identity())) return;
  const std::string aside = move_aside(paths_);
  if (!fs::exists(paths_.lock())) take_hold();  // it went aside with the ledger
  if (!aside.empty()) say(severity::info, notices::moved_aside(paths_.output, aside));
}

/// Invented answers are not worth keeping.
void opener::start_over() {
  remove_generations(paths_);
  remove_segments(paths_.folder);
  for (const std::string& path : {paths_.hashes(), paths_.spending(), paths_.paid(),
                                  paths_.identity(), paths_.output, paths_.failed, paths_.matrix}) {
    if (!path.empty()) fs::remove(path);
  }
  run_.found = recovered();
  run_.identity = new_identity(ask_.spec, ask_.inputs);
}

void opener::recover_earlier() {
  const auto identity = read_identity(paths_.identity(), true);
  if (identity && identity->moving) {
    run_.identity = *identity;
    finish_moving(paths_, run_.identity);
  }
  run_.identity = identity ? *identity : new_identity(ask_.spec, ask_.inputs);
  run_.identity.moving = false;
  had_ledger_ = identity || !list_segments(paths_.folder).empty();
  run_.found = recover(paths_, run_.identity.format);
  if (run_.found.lost > 0) {
    say(severity::warning,
        notices::rows_lost(run_.found.lost, run_.found.mark.position, paths_.output));
  }
  if (run_.found.from_output && run_.found.mark.position > 0) vouch_for_output();
  if (!rereadable()) return;
  row_source input = rows();
  fill_hashes(paths_, run_.found, ask_.job, input);
}

/// The output stands there without its ledger: finished, or the ledger was lost. Its lines must be
/// those of this input, or they are somebody else's.
void opener::vouch_for_output() {
  if (summary_vouches()) return;
  row_source input = rows();
  if (rereadable() && ids_match(input, ask_.job, paths_.output)) {
    say(severity::warning, notices::rebuilt_from_output(paths_.output, run_.found.mark.position));
    return;
  }
  if (ask_.replace) return start_over();
  if (!had_ledger_) fs::remove_all(paths_.folder);
  throw usage_error(notices::rows_of_another(ask_.spec.where("output.path"), paths_.output));
}

bool opener::summary_vouches() {
  if (!rereadable()) return false;
  row_source input(ask_.spec, 0);
  const auto match = compare_digest(input, ask_.job, run_.found.mark.position, ask_.summary);
  if (match == digest_match::unknown) return false;
  if (match != digest_match::other) {
    grown_ = match == digest_match::grown;
    return true;
  }
  if (ask_.replace) return false;
  fs::remove_all(paths_.folder);
  throw usage_error(notices::changed_after_end(ask_.spec.where("output.path"), paths_.output));
}

void opener::judge_earlier() {
  if (ask_.as_it_is) return;
  if (!rereadable()) return say_resuming(input_comparison());
  const earlier_run earlier = look_at_earlier();
  const opening_wishes wishes{ask_.reuse, ask_.retry_failed, ask_.replace};
  switch (judge(earlier, wishes)) {
    case verdict::go_on:
      return say_resuming(earlier.input);
    case verdict::complete:
      return leave_complete(earlier.input);
    case verdict::renew:
      return renew();
    case verdict::start_over:
      return start_over();
    case verdict::choice_needed:
      throw usage_error(
          notices::choice(ask_.spec.where("input.path"), what_changed(earlier), paths_.output));
    case verdict::wrong_format:
      throw usage_error(notices::format_changed(ask_.spec.where("output.format")));
  }
}

earlier_run opener::look_at_earlier() const {
  row_source input = rows();
  const run_identity now = new_identity(ask_.spec, ask_.inputs);
  earlier_run earlier;
  earlier.input = compare_input(input, ask_.limit, ask_.job, run_.found, paths_.hashes());
  earlier.inputs_differ = grown_ || (had_ledger_ && run_.identity.inputs != now.inputs);
  earlier.format_differs = run_.identity.format != now.format;
  earlier.any_failed = run_.found.counts.failed > 0;
  earlier.any_ahead = !run_.found.ahead.empty();
  return earlier;
}

std::string opener::what_changed(const earlier_run& earlier) const {
  if (earlier.input.missing > 0) return notices::rows_missing(earlier.input.missing);
  if (earlier.input.differing > 0) {
    const std::string keys =
        had_ledger_ ? changed_keys(run_.identity, new_identity(ask_.spec, ask_.inputs)) : "";
    return notices::rows_differ(keys, earlier.input, run_.found.finished());
  }
  if (earlier.format_differs) return "output.format changed";
  return "the size of the input changed, though no finished row did,";
}

void opener::leave_complete(const input_comparison& now) {
  run_.complete = true;
  run_.limited = ask_.limit != 0 && now.rows >= ask_.limit;
  if (fs::file_size(paths_.output) != run_.found.mark.output_length) {
    const journal trimmed(paths_, run_.found, ask_.segment_size);
  }
  say(severity::info, notices::complete(paths_.output, now.rows, run_.found.counts.failed));
}

void opener::say_resuming(const input_comparison& now) {
  say(severity::info, notices::resuming(run_.found.finished(), now));
}

void opener::mend_failed_rows() {
  if (paths_.failed.empty() || failed_rows_stand(paths_, run_.found)) return;
  if (!rereadable()) return say(severity::warning, notices::failed_incomplete(paths_.failed));
  row_source input(ask_.spec, 0);
  run_.found.mark.failed_length =
      rewrite_failed_rows(paths_, run_.found, run_.identity.format, input);
  say(severity::warning, notices::failed_rewritten(paths_.failed, run_.found.mark.counts.failed));
}

/// The earlier results make room for an output that is written anew, in order, from them.
void opener::renew() {
  run_.identity.drop_failed = run_.identity.drop_failed || ask_.retry_failed;
  { const journal trimmed(paths_, run_.found, ask_.segment_size); }
  begin_generation(paths_, run_.identity);
  run_.found = recovered();
}

void opener::say_renewed() {
  if (!rereadable()) return;
  std::uint64_t kept = 0;
  std::uint64_t asked = 0;
  row_source input = rows();
  while (const auto r = input.wait_next())
    ++(run_.kept->claim(hash_now(ask_.job, *r)) ? kept : asked);
  run_.kept->forget_claims();
  say(severity::info, notices::reusing(kept, asked));
}

void opener::begin() {
  const run_identity now = new_identity(ask_.spec, ask_.inputs);
  if (!ask_.as_it_is) {
    run_.identity.spec_name = now.spec_name;
    run_.identity.fingerprint = now.fingerprint;
    run_.identity.format = now.format;
    run_.identity.inputs = now.inputs;
  }
  run_.identity.resumed = now.resumed;
  run_.identity.finished = false;
  write_identity(paths_.identity(), run_.identity);
  mend_failed_rows();
  run_.files = std::make_unique<journal>(paths_, run_.found, ask_.segment_size, reserve);
  if (run_.identity.generation == 0) return remove_generations(paths_);
  run_.kept = std::make_unique<kept_results>(paths_, run_.identity.format,
                                             !run_.identity.drop_failed, run_.found);
  if (!run_.found.any()) say_renewed();
}

bool opener::rereadable() const {
  for (const std::string& input : ask_.inputs) {
    if (input == "-" || !fs::is_regular_file(input)) return false;
  }
  return true;
}

}  // namespace

opened_run open_run(const opening_request& ask) {
  return opener(ask).open();
}

}  // namespace batchmill
