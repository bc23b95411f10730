// A plan as a person reads it, and as JSON.
#pragma once

#include <string>

#include "batchmill/plan.hpp"

namespace batchmill::cli {

std::string plan_text(const plan_report& plan, const job_spec& spec, const std::string& tier);
std::string plan_json(const plan_report& plan, const job_spec& spec);

/// Both bounds of all models; what is not known of one is not known of the sum.
cost_range total_of(const plan_report& plan, cost_range model_plan::*kind);

}  // namespace batchmill::cli
