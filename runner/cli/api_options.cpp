#include "runner/cli/api_options.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "batchmill/error.hpp"
#include "runner/net/environment.hpp"

namespace batchmill::cli {
namespace {

/// A key that was asked for by name has to be there, whatever the server.
void require_variable(const std::string& name) {
  const auto value = process_environment(name);
  if (value && !value->empty()) return;
  throw usage_error(fmt::format("--key-env: the environment variable {} is {}", name,
                                value ? "empty" : "not set"));
}

}  // namespace

void add_server_options(CLI::App& command, api_options& options) {
  command
      .add_option("--base-url,--api", options.base_url,
                  "Base URL of the API; default: https://api.openai.com/v1, or the spec's")
      ->type_name("URL");
  auto* variable =
      command
          .add_option("--key-env", options.key_env,
                      "Environment variable that holds the key; default: OPENAI_API_KEY")
          ->type_name("NAME");
  command.add_option("--key-file", options.key_file, "File that holds the key")
      ->type_name("FILE")
      ->excludes(variable);
  command.add_flag("--json", options.json, "JSON instead of text, one object a line");
}

void add_api_options(CLI::App& command, api_options& options) {
  command
      .add_option("--job,--spec", options.spec,
                  "Take the address, the key and all of `api` from this job")
      ->type_name("JOB.yaml");
  add_server_options(command, options);
}

void apply_server_options(const api_options& options, job_spec& spec) {
  if (!options.base_url.empty()) {
    spec.api.base_url = options.base_url;
    spec.marks.erase("api.base_url");
  }
  if (options.key_env.empty() && options.key_file.empty()) return;
  spec.api.key_fd.reset();
  spec.api.key_file.clear();
  if (!options.key_env.empty()) {
    require_variable(options.key_env);
    spec.api.key_env = options.key_env;
  } else {
    spec.api.key_file = std::filesystem::absolute(options.key_file).string();
  }
}

job_spec api_of(const api_options& options) {
  job_spec spec;
  spec.file = "command line";
  if (!options.spec.empty()) spec = load_job_spec(options.spec);
  apply_server_options(options, spec);
  return spec;
}

}  // namespace batchmill::cli
