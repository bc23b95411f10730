// What a run costs, in words and as JSON.
#pragma once

#include <string>
#include <vector>

#include "batchmill/observer.hpp"
#include "runner/progress/json_text.hpp"

namespace batchmill {

/// "$1.23", "$1.23 of $25.00", "unknown"; empty before a model was asked.
std::string cost_so_far(const run_cost& cost);

/// The same with what may come to it, fact by fact.
std::vector<std::string> cost_facts(const run_summary& s);

/// Of one model: what it cost, its name, how many requests were billed.
std::vector<std::string> cost_facts(const model_cost& m);

json_object cost_fields(const run_cost& cost);
std::vector<json_object> model_fields(const run_summary& s);

}  // namespace batchmill
