// Durations as the API and the job spec write them: "500ms", "1.5s", "6m0s", "1h2m3s".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "batchmill/clock.hpp"

namespace batchmill {

/// Go's syntax, one or more <number><unit> with ns, us, µs, ms, s, m, h (and d for days).
/// A bare number counts seconds. Nothing else is accepted; the whole text must match.
std::optional<duration> parse_duration(std::string_view text);

/// The inverse for people: "350ms", "1.5s", "2m30s", "1h05m".
std::string format_duration(duration d);

}  // namespace batchmill
