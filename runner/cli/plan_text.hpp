// A plan as a person reads it, and as JSON.
#pragma once

#include <string>

#include "batchmill/plan.hpp"

namespace batchmill::cli {

std::string plan_text(const plan_report& plan, const job_spec& spec, const std::string& tier);
std::string plan_json(const plan_report& plan, const job_spec& spec);

}  // namespace batchmill::cli
