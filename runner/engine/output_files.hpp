// Where a run writes.
#pragma once

#include <string>
#include <vector>

#include "batchmill/job_spec.hpp"

namespace batchmill {

struct output_paths {
  output_paths() = default;

  std::string results;
  std::string failed;           // empty: none
  std::string artifacts;        // folder of the files in answers
  std::string artifacts_shown;  // the same, relative to the results
  std::string summary;  // results + ".summary.json"; empty: the results go to a pipe or device
};

/// The paths of `spec`; "-" is standard output. A rehearsal gets names of its own
/// ("results.simulated.jsonl"), so that invented answers never stand where paid ones do.
output_paths name_outputs(const job_spec& spec, bool simulated);

/// Throws usage_error when an output would overwrite an input or the other output.
void require_usable(const job_spec& spec, const output_paths& paths,
                    const std::vector<std::string>& inputs);

}  // namespace batchmill
