// Where a run writes, and what may stand there already.
#pragma once

#include <string>
#include <vector>

#include "batchmill/job_spec.hpp"

namespace batchmill {

struct output_paths {
  output_paths() = default;

  std::string results;
  std::string failed;   // empty: none
  std::string summary;  // results + ".summary.json"
};

/// The paths of `spec`. A rehearsal gets names of its own ("results.simulated.jsonl"), so that
/// invented answers never stand where paid ones do.
output_paths name_outputs(const job_spec& spec, bool simulated);

/// Throws usage_error when an output would overwrite an input, or an earlier output. With `fresh`
/// the earlier output is moved aside ("results.jsonl.1"); a rehearsal's may always be replaced.
void clear_the_way(const job_spec& spec, const output_paths& paths,
                   const std::vector<std::string>& inputs, bool fresh, bool simulated);

}  // namespace batchmill
