// batchmill finetune prepare SPEC.yaml
#include <fmt/format.h>

#include "batchmill/fine_tuning_data.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/finetune_commands.hpp"
#include "runner/engine/row_source.hpp"
#include "runner/model_advice.hpp"

namespace batchmill::cli {
namespace {

struct prepare_arguments {
  std::string spec;
  bool quiet = false;
};

fine_tuning::prepare_edges real_edges() {
  fine_tuning::prepare_edges edges;
  edges.open = [](const job_spec& job) -> fine_tuning::prepare_edges::row_pull {
    const auto rows = std::make_shared<row_source>(job, 0);
    return [rows] { return rows->wait_next(); };
  };
  edges.load_job = [](const std::string& path) { return load_job_spec(path); };
  edges.today = today();
  return edges;
}

int execute(const prepare_arguments& arguments) {
  const fine_tuning::prepare_spec spec = fine_tuning::load_prepare_spec(arguments.spec);
  const fine_tuning::prepare_report report = fine_tuning::prepare(spec, real_edges());
  if (!arguments.quiet) fmt::print("{}", fine_tuning::to_text(report.check));
  fmt::print("{}", fine_tuning::to_text(report));
  const bool good = report.faulty == 0 && report.check.good();
  return good ? exit_code::ok : exit_code::rows_faulty;
}

}  // namespace

void add_finetune_prepare(CLI::App& group, int& exit) {
  const auto arguments = std::make_shared<prepare_arguments>();
  CLI::App* command = group.add_subcommand(
      "prepare", "Make train.jsonl and valid.jsonl of rows, tables or the answers of a run");
  command->add_option("SPEC.yaml", arguments->spec, "Where rows come from and what becomes of them")
      ->required()
      ->type_name("");
  command->add_flag("-q,--quiet", arguments->quiet, "Leave the check of the files out");
  command->footer(
      "Exit codes: 0 all is well; 1 some rows became no example, or the service would refuse the\n"
      "files; 2 wrong usage or spec.");
  command->callback([arguments, &exit] { exit = execute(*arguments); });
}

}  // namespace batchmill::cli
