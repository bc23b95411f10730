// batchmill schema
#include <cstdio>

#include "batchmill/job_spec.hpp"
#include "runner/cli/commands.hpp"

namespace batchmill::cli {

void add_schema(CLI::App& app, int& exit) {
  CLI::App* command = app.add_subcommand(
      "schema", "Print the JSON Schema of the job spec, for completion in editors");
  command->footer(
      "Save it and name it in the first line of a spec:\n"
      "  # yaml-language-server: $schema=job-spec.schema.json");
  command->callback([&exit] {
    std::puts(job_spec_schema().c_str());
    exit = exit_code::ok;
  });
}

}  // namespace batchmill::cli
