// Puts a run together from its parts: input, job, output, network or simulator, engine.
#include "batchmill/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>

#include "batchmill/error.hpp"
#include "batchmill/job.hpp"
#include "batchmill/models.hpp"
#include "batchmill/tokens.hpp"
#include "runner/batch/earlier_parts.hpp"
#include "runner/batch_phase.hpp"
#include "runner/connection.hpp"
#include "runner/downloads.hpp"
#include "runner/engine/descriptor_limit.hpp"
#include "runner/engine/ledger/closing.hpp"
#include "runner/engine/ledger/disk_file.hpp"
#include "runner/engine/ledger/input_check.hpp"
#include "runner/engine/ledger/ledger.hpp"
#include "runner/engine/ledger/opening.hpp"
#include "runner/engine/ledger/spending.hpp"
#include "runner/engine/output_files.hpp"
#include "runner/engine/real_clock.hpp"
#include "runner/engine/row_source.hpp"
#include "runner/model_advice.hpp"
#include "runner/phases.hpp"
#include "runner/progress/summary.hpp"
#include "runner/row_faults.hpp"
#include "runner/simulator/simulator.hpp"

namespace batchmill {
namespace {

constexpr unsigned most_connections = 1000;      // while no concurrency is given
constexpr std::uint64_t other_descriptors = 64;  // files, pipes, the simulator's listener

/// For reading answers alone, when the input may be a pipe that nobody writes to.
std::unique_ptr<row_job> job_without_rows(const job_spec& spec) {
  const bool templated = !spec.body_template.text.empty();
  const row_format usual = templated ? row_format::rows : row_format::bodies;
  return make_job(spec, spec.input.format.value_or(usual));
}

std::unique_ptr<row_job> job_for(const job_spec& spec, row_source& rows) {
  const std::string_view first = rows.peek();
  if (first.empty()) {
    throw usage_error(fmt::format("{}: the input has no rows", spec.where("input.path")));
  }
  const row_format format = spec.input.format ? *spec.input.format : detect_format(first, spec);
  return make_job(spec, format);
}

/// What earlier processes of the run spent. Where they left no account of it, the tokens of their
/// finished rows tell the least that it was.
spending spent_before(const spending_file& file, const job_spec& spec,
                      const model_catalogue& models, const row_counts& finished) {
  spending before = after_the_end(file.read());
  auto model = models.find(spec.model);
  if (!model || !before.models.empty()) return before;
  model->long_prompts = {};  // the sum of many prompts is no long one
  const billing least = spec.mode == run_mode::online ? billing::online : billing::batch;
  before.unsettled += cost_of(*model, finished.tokens, least).value_or(money());
  return before;
}

std::string address_of(const simulator& server, api_flavor flavor) {
  const char* path = flavor == api_flavor::azure ? "" : "/v1";
  return fmt::format("http://127.0.0.1:{}{}", server.port(), path);
}

void fit_concurrency(job_spec& spec, bool simulated, run_observer& observer) {
  const unsigned wanted = spec.limits.concurrency.value_or(most_connections);
  const std::uint64_t each = simulated ? 2 : 1;  // the simulator's end of the connection
  const std::uint64_t allowed = raise_descriptor_limit(wanted * each + other_descriptors);
  if (allowed >= wanted * each + other_descriptors) return;
  const std::uint64_t room = allowed > other_descriptors ? allowed - other_descriptors : 1;
  spec.limits.concurrency = static_cast<unsigned>(std::max<std::uint64_t>(1, room / each));
  observer.notice(severity::warning,
                  fmt::format("concurrency is lowered from {} to {}: this process may open only {} "
                              "files; raise it with ulimit -n",
                              wanted, *spec.limits.concurrency, allowed));
}

/// Limits and budgets then know a prompt only by its length.
void say_if_tokens_are_guessed(const job_spec& spec, run_observer& observer) {
  std::string_view name = token_encoding_name(spec.model);
  if (name.empty()) name = "o200k_base";
  if (has_token_encoding(name)) return;
  observer.notice(severity::info,
                  fmt::format("tokens of prompts are estimated, four characters each: this program "
                              "was built without the table of {}, and tiktoken's cache has none",
                              name));
}

/// Batches outlive the process, so they need an output that it can go on with.
void fit_mode(job_spec& spec, const row_source& rows, const output_paths& paths) {
  if (spec.mode == run_mode::online) return;
  const bool lasting = !paths.summary.empty();
  if (!lasting && spec.mode == run_mode::by_run) spec.mode = run_mode::online;
  if (!lasting && spec.mode == run_mode::batch) {
    throw usage_error(
        fmt::format("{}: results of batches cannot go to {}, because a run through "
                    "the Batch API must be able to go on later; name a file",
                    spec.where("output.path"), paths.results));
  }
  if (spec.mode == run_mode::batch) require_batchable(spec, rows);
}

/// What `run` would refuse before it sends anything, rows aside.
std::vector<std::string> obstacles_to(const job_spec& spec, const row_source& rows) {
  std::vector<std::string> obstacles;
  try {
    require_usable(spec, name_outputs(spec, false), rows.files());
  } catch (const usage_error& e) {
    obstacles.emplace_back(e.what());
  }
  try {
    job_spec fitted = spec;
    fit_mode(fitted, rows, name_outputs(spec, false));
  } catch (const usage_error& e) {
    obstacles.emplace_back(e.what());
  }
  std::ranges::copy(connection_faults(spec), std::back_inserter(obstacles));
  return obstacles;
}

opening_request opening_of(const job_spec& spec, const row_job& job, run_observer& observer,
                           const output_paths& paths, const std::vector<std::string>& inputs,
                           const run_options& options) {
  const bool matrix = spec.output.format == output_format::npy;
  opening_request ask(
      spec, job, observer,
      matrix ? ledger_paths::of_matrix(paths.results, paths.failed, spec.output.numbers)
             : ledger_paths(paths.results, paths.failed));
  ask.summary = paths.summary;
  ask.inputs = inputs;
  ask.limit = options.limit;
  ask.fresh = options.fresh;
  ask.reuse = options.reuse;
  ask.retry_failed = options.retry_failed;
  ask.replace = options.simulate.has_value();
  ask.as_it_is = options.cancel;
  return ask;
}

/// Rows of a pipe cannot be compared with the finished ones before the run: they are compared as
/// they come, and nothing that comes after a changed one is sent.
std::function<void(const row&)> recognizer(const opened_run& book, const row_job& job) {
  if (!book.found.any() || !book.piped) return nullptr;
  const auto known = std::make_shared<finished_hashes>(book.found, book.paths.hashes());
  return [known, &job, output = book.paths.output](const row& r) {
    const std::uint64_t before = known->take(r.index);
    if (before == 0 || before == hash_now(job, r)) return;
    throw usage_error(
        fmt::format("{}:{}: this row changed since {} was begun; --fresh moves the output aside",
                    *r.file, r.line, output));
  };
}

void name(run_summary& summary, const job_spec& spec, const output_paths& paths, bool simulated) {
  summary.name = spec.name;
  summary.model = spec.model;
  summary.output = paths.results;
  summary.failed_output = paths.failed;
  summary.simulated = simulated;
}

closing_facts facts_of(const run_summary& summary, const job_spec& spec,
                       const run_options& options) {
  closing_facts facts;
  facts.every_row = summary.end == run_end::complete || summary.end == run_end::some_failed;
  facts.limited = options.limit != 0 && summary.rows_total >= options.limit;
  facts.keep = spec.output.keep_ledger;
  return facts;
}

/// The output was complete before.
run_summary nothing_to_do(const job_spec& spec, const output_paths& paths, opened_run& book,
                          bool simulated) {
  run_summary summary;
  name(summary, spec, paths, simulated);
  const row_counts& counts = book.found.counts;
  summary.end = counts.failed > 0 ? run_end::some_failed : run_end::complete;
  summary.rows_total = summary.rows_kept = counts.rows();
  summary.rows_ok = counts.ok;
  summary.rows_failed = counts.failed;
  summary.failures = counts.failures;
  summary.tokens = counts.tokens;
  summary.labels = counts.labels;
  if (!book.temporary) {
    const spending spent = spending_file(book.paths.spending()).read();
    summary.models = spent.models;
    summary.cost = spent.cost();
  }
  closing_facts facts;
  facts.every_row = true;
  facts.limited = book.limited;
  facts.keep = spec.output.keep_ledger;
  close_run(book, facts);
  return summary;
}

/// Renamed into place, so that it is whole, and replaces a link instead of writing through it.
void write_summary(const output_paths& paths, const run_summary& summary, run_observer& observer) {
  if (paths.summary.empty()) return;
  const std::string fresh = paths.summary + ".new";
  std::error_code failure;
  std::filesystem::remove(fresh, failure);
  try {
    disk_file(fresh, disk_file::mode::fresh, "summary", readable_by_others)
        .write(summary_json(summary) + '\n');
    std::filesystem::rename(fresh, paths.summary);
  } catch (const std::exception& e) {
    std::filesystem::remove(fresh, failure);
    observer.notice(severity::warning, fmt::format("there is no summary: {}", e.what()));
  }
}

}  // namespace

run_summary run(const job_spec& given, const run_options& options) {
  run_observer silent;
  run_observer& observer = options.observer ? *options.observer : silent;
  const bool simulated = options.simulate.has_value();

  row_source rows(given, options.limit);
  const output_paths paths = name_outputs(given, simulated);
  require_usable(given, paths, rows.files());

  std::optional<simulator> server;
  if (simulated) server.emplace(*options.simulate);
  job_spec spec = given;
  if (server) spec.api.base_url = address_of(*server, spec.api.flavor);
  fit_concurrency(spec, simulated, observer);
  say_if_tokens_are_guessed(spec, observer);
  const std::unique_ptr<row_job> job =
      options.cancel ? job_without_rows(spec) : job_for(spec, rows);
  const model_catalogue models = model_catalogue::of(spec);
  if (!options.cancel) require_prices(spec, models, *job, rows);

  boost::asio::io_context io(1);
  const executor ex = io.get_executor();
  const std::unique_ptr<clock> time = make_real_clock(ex);
  const std::unique_ptr<transport> wire =
      server ? connect_to_simulator(spec, ex) : connect_as(spec, ex);
  const std::unique_ptr<file_source> downloads = make_downloads(spec, ex);

  const opening_request ask = opening_of(spec, *job, observer, paths, rows.files(), options);
  fit_mode(spec, rows, paths);
  const bool anew = simulated ||  // its batches went with its server
                    (!options.cancel && are_of_another_run(spec, ask.paths, rows.files(), options));
  opened_run book = open_run(ask);
  const part_paths parts(book.temporary ? book.paths.folder : ask.paths.folder);
  if (book.complete && !anew) delete_leftovers(io, *wire, *time, spec, parts, observer);
  if (anew || book.complete) std::filesystem::remove_all(parts.folder());
  if (book.complete) return nothing_to_do(spec, paths, book, simulated);

  const std::unique_ptr<disk> worker = make_disk_thread(ex);
  ledger output(ex, *worker, *book.files, book.found);
  const artifact_store artifacts(paths.artifacts, paths.artifacts_shown);
  const auto recognize = recognizer(book, *job);
  if (!book.piped) book.found.ahead = {};  // the ledger knows them now
  const spending_file spent(book.temporary ? "" : book.paths.spending());
  purse_parts money;
  money.models = &models;
  money.file = &spent;
  money.earlier = spent_before(spent, spec, models, book.found.counts);
  run_phases phases(io, phase_parts{given, spec, *job, rows, output, *wire, *time, observer, book,
                                    artifacts, downloads.get(), recognize, money,
                                    adviser(spec, models, observer), parts, options});
  run_summary summary = phases.run();
  name(summary, spec, paths, simulated);
  closing_facts facts = facts_of(summary, spec, options);
  if (facts.every_row) summary.requests_digest = digest_of_output(book.paths, summary.rows_total);
  if (facts.every_row) std::filesystem::remove_all(parts.folder());
  write_summary(paths, summary, observer);
  close_run(book, facts);
  observer.finished(summary);
  return summary;
}

check_report check(const job_spec& spec, const run_options& options) {
  run_observer silent;
  run_observer& observer = options.observer ? *options.observer : silent;
  row_source rows(spec, options.limit);
  const std::unique_ptr<row_job> job = job_for(spec, rows);
  const model_catalogue models = model_catalogue::of(spec);
  require_prices(spec, models, *job, rows);
  const auto advise = adviser(spec, models, observer);
  std::set<std::string, std::less<>> seen;
  row_faults faults(observer);
  check_report report;
  for (const std::string& obstacle : obstacles_to(spec, rows)) {
    ++report.obstacles;
    observer.notice(severity::error, obstacle);
  }
  while (const auto r = rows.wait_next()) {
    ++report.rows;
    const auto prepared = job->prepare(*r);
    if (prepared) {
      faults.pass();
      if (seen.insert(prepared->model).second) advise(*prepared);
      continue;
    }
    ++report.faulty;
    faults.add(*r, prepared.error().message);
  }
  faults.finish();
  return report;
}

}  // namespace batchmill
