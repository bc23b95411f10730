#include "runner/cli/job_options.hpp"

#include <filesystem>

#include "runner/progress/progress.hpp"

namespace batchmill::cli {

void add_override_options(CLI::App& command, job_options& options) {
  command
      .add_option("--set", options.set,
                  "Override a key of the spec, e.g. --set limits.concurrency=50; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command.add_flag("-q,--quiet", options.quiet, "Say nothing but warnings and errors");
  command
      .add_option("--log", options.log, "How progress is written: text or json (one object a line)")
      ->type_name("text|json")
      ->check(CLI::IsMember({"text", "json"}).description(""));
}

void add_job_options(CLI::App& command, job_options& options) {
  command.add_option("JOB.yaml", options.job, "The job spec")->required()->type_name("");
  add_override_options(command, options);
  command.add_option("--limit", options.limit, "Only the first N rows: a canary")
      ->type_name("N")
      ->check([](const std::string& n) { return n == "0" ? "must be 1 or more" : ""; });
}

job_spec load(const job_options& options, const std::string& output) {
  job_spec spec = load_job_spec(options.job, options.set);
  if (!output.empty()) {
    spec.output.path = output == "-" ? output : std::filesystem::absolute(output).string();
    spec.marks.erase("output.path");
  }
  return spec;
}

std::unique_ptr<run_observer> make_observer(const job_options& options) {
  progress_options how;
  how.quiet = options.quiet;
  if (options.log == "json") {
    how.how = progress_options::style::json;
  } else if (options.no_progress) {
    how.how = progress_options::style::none;
  }
  return make_progress(how);
}

}  // namespace batchmill::cli
