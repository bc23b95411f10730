// Numbers and durations as people read them.
#pragma once

#include <cstdint>
#include <string>

#include "batchmill/clock.hpp"
#include "batchmill/grouped_number.hpp"

namespace batchmill {

/// At most five characters: "999", "12.3k", "123k", "1.2M", "4.5B". Cut rather than rounded up.
std::string short_count(std::uint64_t n);

/// A rate: "0.42", "7.3", "123", "1,234". Not a number or negative: "0".
std::string short_rate(double per_second);

/// A duration of which only the larger parts matter, e.g. how long a run takes: tenths below ten
/// seconds, whole seconds below an hour.
std::string rough_duration(duration d);

/// A guess about the future, as coarse as it is uncertain: steps of 1 s below a minute, 5 s below
/// ten minutes, then whole minutes.
std::string coarse_duration(duration d);

/// "2026-11-21T15:04:05Z" of seconds since 1970.
std::string utc_time(std::int64_t seconds);

}  // namespace batchmill
