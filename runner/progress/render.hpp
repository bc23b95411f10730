// A status as lines of text. Pure: no terminal, no time.
#pragma once

#include <optional>
#include <string>

#include "batchmill/observer.hpp"
#include "runner/progress/text.hpp"

namespace batchmill {

/// The live area: two to four lines, each at most `width` columns, joined by '\n', none at the end.
std::string render_live(const run_status& s, int width, look l);

/// The key facts on one line, without escape codes.
std::string render_plain(const run_status& s);

/// How long the rest will take, going by the last seconds and the whole run alike. Nothing while
/// that cannot be known: no total yet, too early, or no row answered.
std::optional<duration> time_left(const run_status& s);

/// What holds the run back, in words.
std::string_view words_for(bottleneck b);

}  // namespace batchmill
