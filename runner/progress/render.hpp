// A status as lines of text. Pure: no terminal, no time.
#pragma once

#include <string>

#include "batchmill/observer.hpp"
#include "runner/progress/text.hpp"

namespace batchmill {

/// The live area: two to four lines, each at most `width` columns, joined by '\n', none at the end.
std::string render_live(const run_status& s, int width, look l);

/// The key facts on one line, without escape codes.
std::string render_plain(const run_status& s);

}  // namespace batchmill
