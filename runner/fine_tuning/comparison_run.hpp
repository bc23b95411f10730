// Asks a model the prompts of a comparison: an ordinary run, whose files are in SPEC.compare.
#pragma once

#include <string>
#include <vector>

#include "batchmill/fine_tuning_comparison.hpp"
#include "batchmill/run.hpp"
#include "runner/spec/tuning_spec.hpp"

namespace batchmill {

/// Where the prompts and the answers of a spec's comparisons are, relative to the spec: those of
/// its validation file, or of another `file`.
std::string comparison_folder(const std::string& spec, const std::string& file);

/// Writes the prompts to a folder, as the input of all models' runs. Throws run_error.
void write_prompts(const fine_tuning::prompt_list& list, const std::string& folder);

/// The run of each model, in the order of `models`, within `folder`. `settings` are "key=value" as
/// of --set. Throws usage_error where one is of a key that the comparison itself sets.
std::vector<job_spec> comparison_jobs(const tuning_spec& spec, const std::string& folder,
                                      const std::string& endpoint,
                                      const std::vector<std::string>& models,
                                      const std::vector<std::string>& settings);

/// What a run left behind, to be judged.
fine_tuning::model_answers answers_of(const job_spec& job);

/// How long its answers took: of the run, or as the summary beside its results has it when that
/// was complete before. Zero where nothing was timed.
void tell_latency(const job_spec& job, const run_summary& summary, fine_tuning::model_score& score);

/// The schema that `response_format` among the parameters demands; empty: none.
std::string demanded_schema(const job_spec& job);

}  // namespace batchmill
