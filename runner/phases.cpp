#include "runner/phases.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <optional>
#include <random>
#include <utility>

#include "batchmill/duration.hpp"
#include "batchmill/error.hpp"
#include "runner/batch_phase.hpp"
#include "runner/engine/ledger/resting_answers.hpp"
#include "runner/engine/scheduler.hpp"
#include "runner/remote/api_client.hpp"
#include "runner/signals.hpp"

namespace batchmill {
namespace {

/// Does an output line tell all that is counted? Verdicts of moderation are counted by category.
bool tells_all(const job_spec& spec) {
  return spec.endpoint.find("/moderations") == std::string::npos;
}

bool has_ended_well(const run_summary& summary) {
  return summary.end == run_end::complete || summary.end == run_end::some_failed;
}

api_client::retry_watch notice_to(run_observer& observer) {
  return [&observer](const remote_failure& why, duration wait) {
    const std::string& what = why.message.empty() ? why.code : why.message;
    observer.notice(severity::warning,
                    fmt::format("{}; trying again in {}", what, format_duration(wait)));
  };
}

}  // namespace

struct run_phases::batches_done {
  run_summary summary;
  bool rest_online = false;
  row_counts counts;
  spending spent;
};

run_phases::run_phases(boost::asio::io_context& io, const phase_parts& parts)
    : io_(io), parts_(parts), seed_(std::random_device()()) {}

run_summary run_phases::run() {
  const row_counts earlier = parts_.book.found.counts;
  if (!goes_through_batches(parts_.spec, parts_.job, parts_.rows, parts_.parts, parts_.options,
                            parts_.time.wall_now())) {
    return online(parts_.rows, earlier);
  }
  const batches_done first = through_batches();
  if (!first.rest_online) return first.summary;
  if (parts_.book.piped) {
    run_summary summary = first.summary;
    summary.end = run_end::stopped;
    summary.stop_reason = "rows of a pipe cannot be read again to be asked online";
    return summary;
  }
  parts_.money.earlier = first.spent;
  row_source again(parts_.given, parts_.options.limit);
  return joined(first.summary, online(again, first.counts));
}

scheduler_parts run_phases::engine_parts(row_source& rows, const row_counts& earlier) const {
  scheduler_parts all{parts_.spec,      parts_.job,        rows,
                      parts_.output,    parts_.wire,       parts_.time,
                      parts_.observer,  earlier,           parts_.book.kept.get(),
                      parts_.recognize, &parts_.artifacts, parts_.downloads};
  all.money = parts_.money;
  all.first_of_model = parts_.first_of_model;
  return all;
}

run_phases::batches_done run_phases::through_batches() {
  part_book book(parts_.parts.book());
  api_client api(parts_.wire, parts_.time, api_paths(parts_.spec.api), parts_.spec.retry, seed_,
                 notice_to(parts_.observer));
  const batch_terms terms = terms_for(parts_.spec, parts_.options, book, parts_.time);
  conductor engine(io_.get_executor(), engine_parts(parts_.rows, parts_.book.found.counts), api,
                   book, parts_.parts, terms, seed_);
  batches_done done;
  done.summary = drive(engine);
  done.spent = engine.spent();
  done.counts = engine.counts();
  done.rest_online = has_ended_well(done.summary) && engine.leaves_rows_online();
  return done;
}

run_summary run_phases::online(row_source& rows, const row_counts& earlier) {
  const bool begun = earlier.rows() > 0;
  resting_answers resting(parts_.book.paths, parts_.spec.output.format, begun);
  paid_answers paid(parts_.book.temporary ? "" : parts_.book.paths.paid());
  scheduler_parts all = engine_parts(rows, earlier);
  all.paid = &paid;
  if (tells_all(parts_.spec)) all.resting = &resting;
  scheduler engine(io_.get_executor(), all, seed_);
  return drive(engine);
}

/// `Engine` is the scheduler or the conductor.
template <class Engine>
run_summary run_phases::drive(Engine& engine) {
  std::optional<signal_watch> watch;
  if (parts_.options.handle_signals) watch.emplace(io_, engine, parts_.observer);
  std::exception_ptr failure;
  boost::asio::co_spawn(io_.get_executor(), engine.run(), [&](std::exception_ptr e) {
    failure = std::move(e);
    if (watch) watch->stop();
  });
  io_.restart();
  io_.run();
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

}  // namespace batchmill
