// The program's own catalogue, catalogue.json, as it was compiled in.
#pragma once

#include <string_view>

namespace batchmill::jobs {

extern const std::string_view catalogue_text;

}  // namespace batchmill::jobs
