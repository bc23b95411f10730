// Puts a run together from its parts: input, job, output, network or simulator, engine.
#include "batchmill/run.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <random>

#include "batchmill/error.hpp"
#include "batchmill/job.hpp"
#include "runner/connection.hpp"
#include "runner/engine/append_file.hpp"
#include "runner/engine/descriptor_limit.hpp"
#include "runner/engine/ordered_writer.hpp"
#include "runner/engine/output_files.hpp"
#include "runner/engine/real_clock.hpp"
#include "runner/engine/row_source.hpp"
#include "runner/engine/scheduler.hpp"
#include "runner/progress/summary.hpp"
#include "runner/signals.hpp"
#include "runner/simulator/simulator.hpp"

namespace batchmill {
namespace {

constexpr std::size_t reorder_window = 64 << 20;  // bytes of finished lines ahead of their turn
constexpr unsigned most_connections = 1000;       // while no concurrency is given
constexpr std::uint64_t other_descriptors = 64;   // files, pipes, the simulator's listener

std::unique_ptr<row_job> job_for(const job_spec& spec, row_source& rows) {
  const std::string_view first = rows.peek();
  if (first.empty()) {
    throw usage_error(fmt::format("{}: the input has no rows", spec.where("input.path")));
  }
  const row_format format = spec.input.format ? *spec.input.format : detect_format(first, spec);
  return make_job(spec, format);
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

run_summary drive(boost::asio::io_context& io, scheduler& engine, const run_options& options,
                  run_observer& observer) {
  std::optional<signal_watch> watch;
  if (options.handle_signals) watch.emplace(io, engine, observer);
  std::exception_ptr failure;
  boost::asio::co_spawn(io.get_executor(), engine.run(), [&](std::exception_ptr e) {
    failure = e;
    if (watch) watch->stop();
  });
  io.run();
  run_summary summary = engine.summary();
  if (!failure) return summary;
  try {
    std::rethrow_exception(failure);
  } catch (const run_error& reason) {
    summary.end = run_end::stopped;
    summary.stop_reason = reason.what();
  }
  return summary;
}

void write_summary(const output_paths& paths, const run_summary& summary, run_observer& observer) {
  std::ofstream file(paths.summary);
  file << summary_json(summary) << '\n';
  file.close();
  if (!file) {
    observer.notice(severity::warning, fmt::format("cannot write the summary {}", paths.summary));
  }
}

}  // namespace

run_summary run(const job_spec& given, const run_options& options) {
  run_observer silent;
  run_observer& observer = options.observer ? *options.observer : silent;
  const bool simulated = options.simulate.has_value();

  row_source rows(given, options.limit);
  const output_paths paths = name_outputs(given, simulated);

  std::optional<simulator> server;
  if (simulated) server.emplace(*options.simulate);
  job_spec spec = given;
  if (server) spec.api.base_url = fmt::format("http://127.0.0.1:{}/v1", server->port());
  fit_concurrency(spec, simulated, observer);
  const std::unique_ptr<row_job> job = job_for(spec, rows);

  boost::asio::io_context io(1);
  const executor ex = io.get_executor();
  const std::unique_ptr<clock> time = make_real_clock(ex);
  const std::unique_ptr<transport> wire =
      server ? connect_to_simulator(spec, ex) : connect_as(spec, ex);

  clear_the_way(given, paths, rows.files(), options.fresh, simulated);
  append_file results(paths.results);
  std::optional<append_file> failed;
  if (!paths.failed.empty()) failed.emplace(paths.failed);
  ordered_writer writer(ex, results, failed ? &*failed : nullptr, reorder_window);
  scheduler engine(ex, scheduler_parts{spec, *job, rows, writer, *wire, *time, observer},
                   std::random_device()());

  run_summary summary = drive(io, engine, options, observer);
  summary.name = spec.name;
  summary.model = spec.model;
  summary.output = paths.results;
  summary.failed_output = paths.failed;
  summary.simulated = simulated;
  write_summary(paths, summary, observer);
  observer.finished(summary);
  return summary;
}

check_report check(const job_spec& spec, const run_options& options) {
  run_observer silent;
  run_observer& observer = options.observer ? *options.observer : silent;
  row_source rows(spec, options.limit);
  const std::unique_ptr<row_job> job = job_for(spec, rows);
  check_report report;
  while (const auto r = rows.wait_next()) {
    ++report.rows;
    const auto prepared = job->prepare(*r);
    if (prepared) continue;
    ++report.faulty;
    observer.notice(severity::error, prepared.error().message);
  }
  return report;
}

}  // namespace batchmill
