// The summary's JSON fields, shared by its file and the log line that ends a run.
#pragma once

#include "batchmill/observer.hpp"
#include "runner/progress/json_text.hpp"

namespace batchmill {

void add_summary(json_object& to, const run_summary& s);

json_object token_fields(const token_usage& t);

/// Reasons and their rows, most frequent first, equal ones by name.
std::vector<std::pair<std::string, std::uint64_t>> failures_by_frequency(const run_summary& s);

}  // namespace batchmill
