// What a status says, in words and short figures.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "batchmill/observer.hpp"

namespace batchmill {

/// "  420/~1,000", the first figure padded to the width of the second; without a total "420".
std::string done_of_total(const run_status& s);

/// From 0 to 1; 0 without a total.
double share_done(const run_status& s);

/// " 42%", four columns. Rounded down: 100% is said when the last row is known to be done.
std::string percent(const run_status& s);

/// How long the rest will take, going by the last seconds and the whole run alike. Nothing while
/// that cannot be known: no total yet, too early, no row answered, or no new rows are begun.
std::optional<duration> time_left(const run_status& s);

/// The same for people; "--" for nothing.
std::string eta(const run_status& s);

/// Whole seconds, so that it ticks.
std::string elapsed(const run_status& s);

/// What holds the run back.
std::string_view words_for(bottleneck b);

/// The same with the limit's height and model, where they are known.
std::string cause_of(const run_status& s);

/// "batches 3 under way (48,211 of 150,000 requests done), 1 waiting, 4 done"
std::string batches_text(const batch_counters& b);

}  // namespace batchmill
