// Models as a table, in detail, and as JSON.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/models.hpp"

namespace batchmill::cli {

/// Names that the server lists; nothing when it was not asked.
using live_names = std::optional<std::set<std::string, std::less<>>>;

/// A line each. `today` (YYYY-MM-DD) tells what is over.
std::string model_table(const std::vector<model_info>& models, const live_names& live,
                        std::string_view today);

/// All that is known of one.
std::string model_details(const model_info& model, const live_names& live, std::string_view today);

/// {"as_of":...,"models":[...]}
std::string model_json(const std::vector<model_info>& models, const live_names& live,
                       const std::string& as_of);

}  // namespace batchmill::cli
