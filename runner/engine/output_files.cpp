#include "runner/engine/output_files.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/ledger_paths.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

/// A pipe or a device: nothing that could be resumed, overwritten or have files beside it.
bool is_stream(const std::string& path) {
  std::error_code failure;
  const fs::file_status what = fs::status(path, failure);
  return fs::exists(what) && !fs::is_regular_file(what) && !fs::is_directory(what);
}

/// Where standard output is a file it goes by that file's name, which can have a ledger beside it;
/// beside /dev/stdout nothing can be.
std::string standard_output() {
  std::error_code failure;
  const fs::path place = fs::read_symlink("/proc/self/fd/1", failure);
  return !failure && fs::is_regular_file(place, failure) ? place.string() : "/dev/stdout";
}

std::string name_output(const job_spec& spec, const std::string& given, bool simulated) {
  if (given == "-" || given == "/dev/stdout") return standard_output();
  const std::string path = spec.resolve(given);
  if (!simulated || is_stream(path)) return path;
  const fs::path p(path);
  return (p.parent_path() / (p.stem().string() + ".simulated" + p.extension().string())).string();
}

std::string name_artifacts(const job_spec& spec, const std::string& results, bool simulated) {
  if (!spec.output.artifacts.empty()) {
    // A slash at the end means nothing.
    const fs::path folder = fs::path(spec.resolve(spec.output.artifacts) + "/").parent_path();
    return folder.string() + (simulated ? ".simulated" : "");
  }
  return is_stream(results) ? spec.resolve(spec.name + ".artifacts") : results + ".artifacts";
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code failure;
  return fs::equivalent(a, b, failure) && !failure;
}

void refuse_inputs(const job_spec& spec, const std::string& key, const std::string& output,
                   const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    if (input != "-" && same_file(input, output)) {
      throw usage_error(fmt::format("{}: the output {} is also an input; give it another name",
                                    spec.where(key), output));
    }
  }
}

void require_folder(const job_spec& spec, const std::string& key, const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  if (folder.empty() || fs::is_directory(folder)) return;
  throw usage_error(fmt::format("{}: there is no folder {} for the output {}; make it first",
                                spec.where(key), folder.string(), path));
}

}  // namespace

output_paths name_outputs(const job_spec& spec, bool simulated) {
  output_paths paths;
  paths.results = name_output(spec, spec.output.path, simulated);
  if (!spec.output.failed.empty()) {
    paths.failed = name_output(spec, spec.output.failed, simulated);
  }
  paths.artifacts = name_artifacts(spec, paths.results, simulated);
  const fs::path beside = fs::path(paths.results).parent_path();
  paths.artifacts_shown = fs::path(paths.artifacts).lexically_proximate(beside).string();
  if (is_stream(paths.results)) paths.artifacts_shown = paths.artifacts;
  if (!is_stream(paths.results)) paths.summary = paths.results + ".summary.json";
  return paths;
}

void require_usable(const job_spec& spec, const output_paths& paths,
                    const std::vector<std::string>& inputs) {
  require_folder(spec, "output.path", paths.results);
  require_folder(spec, "output.failed", paths.failed);
  if (spec.output.format == output_format::npy && !paths.results.ends_with(".npy")) {
    throw usage_error(fmt::format("{}: a matrix needs a file whose name ends in .npy, not {}",
                                  spec.where("output.path"), paths.results));
  }
  refuse_inputs(spec, "output.path", paths.results, inputs);
  if (spec.output.format == output_format::npy) {
    const auto beside = ledger_paths::of_matrix(paths.results, paths.failed, spec.output.numbers);
    refuse_inputs(spec, "output.path", beside.output, inputs);
  }
  if (!paths.failed.empty()) refuse_inputs(spec, "output.failed", paths.failed, inputs);
  if (paths.failed == paths.results) {
    throw usage_error(fmt::format("{}: output.failed and output.path name the same file",
                                  spec.where("output.failed")));
  }
}

}  // namespace batchmill
