// Notices as lines, and the times that stand before them.
#pragma once

#include <string>
#include <string_view>

#include "batchmill/observer.hpp"

namespace batchmill {

/// "warning: <sentence>\n"; info has no label. The sentence is made safe to print.
std::string notice_line(severity s, std::string_view sentence, bool color);

const char* severity_name(severity s);

/// Local time, "14:03:59".
std::string time_of_day(wall_time t);

/// "2025-06-01T14:03:59.250Z".
std::string rfc3339(wall_time t);

}  // namespace batchmill
