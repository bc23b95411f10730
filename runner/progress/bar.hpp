// The bar: eighths of a cell where the terminal has Unicode, ASCII elsewhere.
#pragma once

#include <cstddef>
#include <string>

#include "runner/progress/text.hpp"

namespace batchmill {

/// `share` from 0 to 1 on exactly `width` columns, of which two are its ends.
std::string render_bar(double share, std::size_t width, look l);

}  // namespace batchmill
