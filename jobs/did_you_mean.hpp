// The end of a sentence about a misspelt field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace batchmill::jobs {

/// "; did you mean 'text'?", or nothing when no name is close.
std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& names);

}  // namespace batchmill::jobs
