// The summary's JSON fields, shared by its file and the log line that ends a run.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/observer.hpp"
#include "runner/progress/json_text.hpp"

namespace batchmill {

void add_summary(json_object& to, const run_summary& s);

json_object token_fields(const token_usage& t);

/// Reasons or labels and their rows, most frequent first, equal ones by name.
std::vector<std::pair<std::string, std::uint64_t>> by_frequency(
    const std::map<std::string, std::uint64_t>& counts);

}  // namespace batchmill
