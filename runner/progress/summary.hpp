// What a run came to, for a person and for a program.
#pragma once

#include <string>

#include "batchmill/observer.hpp"

namespace batchmill {

/// Lines for the end of a run, each with its '\n'. Paths and reasons to act on are never cut.
std::string render_summary(const run_summary& s, int width, bool color);

/// One sentence: how it ended.
std::string headline(const run_summary& s);

/// The content of `<output>.summary.json`, pretty-printed, with a line end. Field names are stable:
///   name, model, end ("complete", "some_failed", "stopped", "interrupted"), exit_code,
///   stop_reason, simulated, output, failed_output, rows {total, ok, failed, kept, left}, failures
///   [{reason, rows}] most frequent first, attempts, retries, rate_limited, tokens {prompt,
///   completion, total, cached, reasoning}, wall_seconds, rows_per_second, latency_seconds {p50,
///   p95, p99, max}, waited_for_limits_seconds, limits [{model, what ("requests", "tokens"),
///   per_minute, used (part of it)}], requests_digest (of all requests in order; null unless
///   finished).
/// Texts that are empty are null. Durations are seconds, with a fraction.
std::string summary_json(const run_summary& s);

}  // namespace batchmill
