#include "runner/engine/ledger/opening.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "batchmill/error.hpp"
#include "batchmill/grouped_number.hpp"
#include "batchmill/json_text.hpp"
#include "runner/engine/ledger/crash_point.hpp"
#include "runner/engine/ledger/generations.hpp"
#include "runner/engine/ledger/input_check.hpp"
#include "runner/engine/ledger/request_hash.hpp"
#include "runner/engine/row_source.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

std::string rows_text(std::uint64_t n) {
  return with_separators(n) + (n == 1 ? " row" : " rows");
}

std::string is_are(std::uint64_t n) {
  return rows_text(n) + (n == 1 ? " is" : " are");
}

std::string file_name(const std::string& path) {
  return fs::path(path).filename().string();
}

bool can_be_resumed(const std::string& output) {
  return !fs::exists(output) || fs::is_regular_file(output);
}

void make_folder(const std::string& folder) {
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
    recover_earlier();
    if (run_.found.any()) judge_earlier();
    if (!run_.complete) begin();
    return std::move(run_);
  }

 private:
  opened_run open_temporary();
  void take_hold();
  void start_afresh();
  void start_over();
  void recover_earlier();
  void vouch_for_output();
  bool summary_vouches();
  void fill_hashes();
  void judge_earlier();
  void judge_changed(const input_comparison& now);
  bool inputs_differ() const;
  std::string what_changed(const input_comparison& now) const;
  [[noreturn]] void explain_choice(const input_comparison& now) const;
  void say_complete(const input_comparison& now);
  void say_resuming(const input_comparison& now);
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

void opener::start_afresh() {
  if (!fs::exists(paths_.output) && !fs::exists(paths_.identity())) return;
  const std::string aside = move_aside(paths_);
  if (!fs::exists(paths_.lock())) take_hold();  // it went aside with the ledger
  if (!aside.empty()) {
    say(severity::info, fmt::format("{} was moved aside to {}", file_name(paths_.output), aside));
  }
}

/// Invented answers are not worth keeping.
void opener::start_over() {
  remove_generations(paths_);
  remove_segments(paths_.folder);
  for (const std::string& path :
       {paths_.hashes(), paths_.identity(), paths_.output, paths_.failed}) {
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
        fmt::format("{} of the {} in {} are gone from it; those that the ledger does not have are "
                    "asked again",
                    with_separators(run_.found.lost),
                    rows_text(run_.found.lost + run_.found.mark.position), paths_.output));
  }
  if (run_.found.from_output && run_.found.mark.position > 0) vouch_for_output();
  if (rereadable()) fill_hashes();
}

/// The output stands there without its ledger: finished, or the ledger was lost. Its lines must be
/// those of this input, or they are somebody else's.
void opener::vouch_for_output() {
  if (summary_vouches()) return;
  row_source input = rows();
  if (rereadable() && ids_match(input, ask_.job, paths_.output)) {
    say(severity::warning,
        fmt::format("the ledger of {} cannot be read; it was rebuilt from the output, which holds "
                    "{}",
                    file_name(paths_.output), rows_text(run_.found.mark.position)));
    return;
  }
  if (ask_.replace) return start_over();
  if (!had_ledger_) fs::remove_all(paths_.folder);
  throw usage_error(fmt::format(
      "{}: {} exists already and its rows are not those of this input; --fresh moves it aside, "
      "--output names another file",
      ask_.spec.where("output.path"), paths_.output));
}

/// A finished run leaves in its summary one number over all its requests.
bool opener::summary_vouches() {
  std::ifstream file(ask_.summary, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto digest = json::member(text, "requests_digest");
  if (!digest || !rereadable()) return false;
  row_source input(ask_.spec, 0);
  hash_digest now;
  for (std::uint64_t i = 0; i < run_.found.mark.position; ++i) {
    const auto r = input.wait_next();
    if (!r) break;
    now.add(hash_now(ask_.job, *r));
  }
  if (*digest == fmt::format("\"{:016x}\"", now.value())) {
    grown_ = input.wait_next().has_value();
    return true;
  }
  if (ask_.replace) return false;
  fs::remove_all(paths_.folder);
  throw usage_error(fmt::format(
      "{}: {} is complete, but the spec or the input changed since, and its ledger was removed, so "
      "unchanged rows cannot be told from changed ones; --fresh moves it aside and runs all rows "
      "(output.keep_ledger: true keeps the ledger for --reuse)",
      ask_.spec.where("output.path"), paths_.output));
}

/// Hashes that are not known are those of the present requests: there is nothing to compare with.
void opener::fill_hashes() {
  std::error_code none;
  const auto size = fs::file_size(paths_.hashes(), none);
  const std::uint64_t known = none ? 0 : size / 8;
  if (known >= run_.found.mark.position) return;
  disk_file hashes(paths_.hashes(), disk_file::mode::append, "hashes");
  hashes.resize(known * 8);
  std::string bytes;
  row_source input = rows();
  while (const auto r = input.wait_next()) {
    if (r->index >= run_.found.mark.position) break;
    if (r->index < known) continue;
    const std::uint64_t hash = hash_now(ask_.job, *r);
    bytes.append(reinterpret_cast<const char*>(&hash), sizeof hash);
  }
  hashes.write(bytes);
}

void opener::judge_earlier() {
  if (!rereadable()) return say_resuming(input_comparison());
  row_source input = rows();
  const input_comparison now =
      compare_input(input, ask_.limit, ask_.job, run_.found, paths_.hashes());
  const bool changed =
      !now.same() || inputs_differ() || run_.identity.format != ask_.spec.output.format;
  if (changed && !(ask_.reuse && now.same() && !ask_.retry_failed)) {
    judge_changed(now);
  } else if (ask_.retry_failed && run_.found.counts.failed > 0) {
    run_.identity.drop_failed = true;
    renew();
  } else if (now.all_finished && run_.found.ahead.empty()) {
    ask_.replace ? start_over() : say_complete(now);
  } else {
    say_resuming(now);
  }
}

void opener::judge_changed(const input_comparison& now) {
  if (ask_.replace) return start_over();
  if (!ask_.reuse) explain_choice(now);
  if (run_.identity.format != ask_.spec.output.format) {
    throw usage_error(fmt::format(
        "{}: output.format changed, and the earlier results cannot be rewritten in another one; "
        "--fresh moves them aside",
        ask_.spec.where("output.format")));
  }
  run_.identity.drop_failed = run_.identity.drop_failed || ask_.retry_failed;
  renew();
}

bool opener::inputs_differ() const {
  if (grown_) return true;
  return had_ledger_ && run_.identity.inputs != new_identity(ask_.spec, ask_.inputs).inputs;
}

std::string opener::what_changed(const input_comparison& now) const {
  if (now.missing > 0) {
    return fmt::format("the input shrank: {} of its finished rows are gone",
                       with_separators(now.missing));
  }
  if (now.differing > 0) {
    const bool spec = had_ledger_ &&
                      run_.identity.fingerprint != new_identity(ask_.spec, ask_.inputs).fingerprint;
    return fmt::format("the {} changed: {} of {} finished have another request now (first: row {})",
                       spec ? "spec" : "input", with_separators(now.differing),
                       rows_text(run_.found.finished()), now.first + 1);
  }
  if (run_.identity.format != ask_.spec.output.format) return "output.format changed";
  return "the size of the input changed, though no finished row did,";
}

void opener::explain_choice(const input_comparison& now) const {
  throw usage_error(fmt::format(
      "{}: {} since {} was begun; --reuse keeps the results of rows whose request is unchanged and "
      "asks the others, --fresh moves the output aside and asks all",
      ask_.spec.where("input.path"), what_changed(now), paths_.output));
}

void opener::say_complete(const input_comparison& now) {
  run_.complete = true;
  run_.limited = ask_.limit != 0 && now.rows >= ask_.limit;
  if (fs::file_size(paths_.output) != run_.found.mark.output_length) {
    const journal trimmed(paths_, run_.found, ask_.segment_size);
  }
  const std::uint64_t failed = run_.found.counts.failed;
  const std::string also = failed == 0 ? ""
                                       : fmt::format(", {} failed: --retry-failed asks those again",
                                                     with_separators(failed));
  say(severity::info, fmt::format("{} is complete ({}{}); --fresh runs it again", paths_.output,
                                  rows_text(now.rows), also));
}

void opener::say_resuming(const input_comparison& now) {
  const std::uint64_t finished = run_.found.finished();
  const std::uint64_t left = now.rows > finished ? now.rows - finished : 0;
  const std::string rest = left == 0
                               ? ""
                               : fmt::format(", {}{} left", now.exact ? "" : "about ",
                                             with_separators(left) + (left == 1 ? " is" : " are"));
  say(severity::info, fmt::format("resuming: {} kept{}", is_are(finished), rest));
}

/// The earlier results make room for an output that is written anew, in order, from them.
void opener::renew() {
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
  say(severity::info,
      fmt::format("reusing: {} kept, {} asked", is_are(kept), with_separators(asked)));
}

void opener::begin() {
  const run_identity now = new_identity(ask_.spec, ask_.inputs);
  run_.identity.spec_name = now.spec_name;
  run_.identity.fingerprint = now.fingerprint;
  run_.identity.format = now.format;
  run_.identity.inputs = now.inputs;
  run_.identity.resumed = now.resumed;
  run_.identity.finished = false;
  write_identity(paths_.identity(), run_.identity);
  run_.files = std::make_unique<journal>(paths_, run_.found, ask_.segment_size);
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

void remove_ledger(const ledger_paths& paths) {
  // What says how far the output came goes last.
  remove_generations(paths);
  std::error_code ignored;
  crash_point("cleanup", "before");
  fs::remove(paths.hashes(), ignored);
  crash_point("cleanup", "hashes");
  fs::remove(paths.identity(), ignored);
  crash_point("cleanup", "identity");
  remove_segments(paths.folder);
  crash_point("cleanup", "after");
  fs::remove_all(paths.folder, ignored);
}

}  // namespace

opened_run open_run(const opening_request& ask) {
  return opener(ask).open();
}

void close_run(opened_run& run, const closing_facts& facts) {
  const bool failures =
      run.found.counts.failed > 0 || (run.files && run.files->mark().counts.failed > 0);
  run.files.reset();
  run.kept.reset();
  if (run.temporary) {
    fs::remove_all(run.paths.folder);
    return;
  }
  if (!facts.every_row) return;
  if (!failures && !facts.keep && !facts.limited) return remove_ledger(run.paths);
  run.identity.finished = !facts.limited;
  run.identity.generation = 0;
  run.identity.drop_failed = false;
  write_identity(run.paths.identity(), run.identity);
  remove_generations(run.paths);
}

std::string digest_of_output(const ledger_paths& paths, std::uint64_t rows) {
  hash_reader hashes(paths.hashes());
  hash_digest digest;
  for (std::uint64_t i = 0; i < rows; ++i) digest.add(hashes.next());
  return fmt::format("{:016x}", digest.value());
}

}  // namespace batchmill
