// "did you mean ...?": the name that is closest to a misspelt one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batchmill::jobs {

/// The name with the fewest typing errors to `wrong`, if that is few for its length.
std::optional<std::string> nearest(std::string_view wrong, const std::vector<std::string>& names);

/// "; did you mean 'text'?", or nothing when no name is close.
std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& names);

}  // namespace batchmill::jobs
