#include "runner/batch_phase.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iterator>
#include <random>

#include "batchmill/error.hpp"
#include "runner/batch/earlier_parts.hpp"
#include "runner/batch/mode_choice.hpp"
#include "runner/batch/mode_facts.hpp"
#include "runner/remote/api_client.hpp"

namespace batchmill {
namespace {

using std::chrono::seconds;

bool is_piped(const row_source& rows) {
  return std::ranges::find(rows.files(), "-") != rows.files().end();
}

std::string new_tag() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

/// The time of the first process counts: what was wanted by eight is not wanted by eight tomorrow.
std::optional<time_point> kept_deadline(const job_spec& spec, part_book& book, const clock& time) {
  if (spec.deadline.empty()) return std::nullopt;
  const std::string known = book.fact("deadline " + spec.deadline);
  wall_time at;
  if (known.empty()) {
    at = *deadline_after(spec.deadline, time.wall_now());
    const auto since = std::chrono::duration_cast<seconds>(at.time_since_epoch());
    book.set_fact("deadline " + spec.deadline, std::to_string(since.count()));
  } else {
    at = wall_time(seconds(std::strtoll(known.c_str(), nullptr, 10)));
  }
  return time.now() + std::chrono::duration_cast<duration>(at - time.wall_now());
}

/// A deadline, and that it has come, belong to rows which are still open.
void forget_what_is_over(const job_spec& spec, part_book& book) {
  const auto parts = book.load();
  const bool any = std::ranges::any_of(
      parts, [](const batch_part& p) { return p.is_open() || p.state == part_state::online; });
  if (any) return;
  book.set_fact("leaving", "");
  book.set_fact("deadline " + spec.deadline, "");
}

/// Both outlive it.
awaitable<void> delete_files(remote_api& api, const std::vector<std::string>& ids,
                             run_observer& observer) {
  for (const std::string& id : ids) {
    auto gone = co_await api.delete_file(id);
    if (gone) continue;
    observer.notice(severity::warning,
                    fmt::format("cannot delete the file {}: {}", id, gone.error().message));
  }
}

}  // namespace

void require_batchable(const job_spec& spec, const row_source& rows) {
  const std::string obstacle = batch_obstacle(spec);
  if (!obstacle.empty()) throw usage_error(obstacle);
  if (!is_piped(rows)) return;
  const auto refuse = [&](const char* key) {
    throw usage_error(
        fmt::format("{}: rows of a pipe cannot be read again to be asked online; "
                    "write the input to a file, or remove `{}`",
                    spec.where(key), key));
  };
  if (spec.batch.on_expired == expired_rows::online) refuse("batch.on_expired");
  if (spec.batch.on_deadline == late_rows::online) refuse("batch.on_deadline");
}

bool goes_through_batches(const job_spec& spec, const row_job& job, row_source& rows,
                          const part_paths& parts, const run_options& options, wall_time now) {
  if (options.cancel) return true;
  const bool open = has_open_parts(parts);
  if (spec.mode == run_mode::batch) {
    require_batchable(spec, rows);
    return true;
  }
  if (spec.mode == run_mode::online && open && is_piped(rows)) {
    throw usage_error(
        spec.where("mode") +
        ": batches are under way, and rows of a pipe cannot be read again to be asked "
        "online; go on with `mode: batch`");
  }
  if (spec.mode == run_mode::online || open) return open;
  const mode_choice choice = choose_mode(mode_facts_of(spec, job, rows, now));
  if (choice.batch) require_batchable(spec, rows);
  if (options.observer != nullptr) {
    options.observer->notice(
        severity::info,
        fmt::format("{}: {}", choice.batch ? "through the Batch API" : "online", choice.why));
  }
  return choice.batch;
}

batch_terms terms_for(const job_spec& spec, const run_options& options, part_book& book,
                      const clock& time) {
  batch_terms terms;
  terms.run_id = book.fact("run");
  if (terms.run_id.empty()) {
    terms.run_id = new_tag();
    book.set_fact("run", terms.run_id);
  }
  forget_what_is_over(spec, book);
  if (!spec.file.empty()) {
    book.set_fact("spec", std::filesystem::absolute(spec.file).string());
  }
  terms.detach = options.detach;
  if (options.cancel) {
    terms.at_once = leaving::drop;
  } else if (spec.mode == run_mode::online) {
    terms.at_once = leaving::online;
  } else if (spec.batch.on_deadline == late_rows::online) {
    terms.deadline = kept_deadline(spec, book, time);
  }
  return terms;
}

void delete_leftovers(boost::asio::io_context& io, transport& wire, clock& time,
                      const job_spec& spec, const part_paths& parts, run_observer& observer) {
  if (spec.batch.keep_files) return;
  std::vector<std::string> ids;
  for (const batch_part& p : look_at_parts(parts.book())) {
    if (p.state != part_state::clean) std::ranges::copy(p.files(), std::back_inserter(ids));
  }
  if (ids.empty()) return;
  api_client api(wire, time, api_paths(spec.api), spec.retry, std::random_device()());
  std::exception_ptr failure;
  boost::asio::co_spawn(io, delete_files(api, ids, observer),
                        [&](std::exception_ptr e) { failure = e; });
  io.restart();
  io.run();
  if (failure) std::rethrow_exception(failure);
}

run_summary joined(const run_summary& batches, run_summary online) {
  online.rows_kept = batches.rows_kept;
  online.attempts += batches.attempts;
  online.retries += batches.retries;
  online.shared += batches.shared;
  online.batches = batches.batches;
  online.wall += batches.wall;
  return online;
}

}  // namespace batchmill
