// The part of a run that goes through the Batch API: whether there is one, and on what terms.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "batchmill/clock.hpp"
#include "batchmill/job.hpp"
#include "batchmill/job_spec.hpp"
#include "batchmill/run.hpp"
#include "batchmill/transport.hpp"
#include "runner/batch/conductor.hpp"
#include "runner/batch/part_book.hpp"
#include "runner/engine/row_source.hpp"

namespace batchmill {

/// Throws usage_error when the Batch API cannot do what the spec asks of it.
void require_batchable(const job_spec& spec, const row_source& rows);

/// Says why, where the spec leaves the choice to the run. Throws usage_error when the spec asks for
/// what the Batch API cannot do. `rows` is only looked at.
bool goes_through_batches(const job_spec& spec, const row_job& job, row_source& rows,
                          const part_paths& parts, const run_options& options, wall_time now);

/// Reads and writes the run's own facts in `book`.
batch_terms terms_for(const job_spec& spec, const run_options& options, part_book& book,
                      const clock& time);

/// Deletes the files of a finished run that an earlier process had no time for.
void delete_leftovers(boost::asio::io_context& io, transport& wire, clock& time,
                      const job_spec& spec, const part_paths& parts, run_observer& observer);

/// What both phases of a run add up to.
run_summary joined(const run_summary& batches, run_summary online);

}  // namespace batchmill
