#include "runner/engine/output_files.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "batchmill/error.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

std::string simulated_name(const std::string& path) {
  const fs::path p(path);
  return (p.parent_path() / (p.stem().string() + ".simulated" + p.extension().string())).string();
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

void move_aside(const std::string& path) {
  for (unsigned n = 1;; ++n) {
    const std::string aside = fmt::format("{}.{}", path, n);
    if (!fs::exists(aside)) {
      fs::rename(path, aside);
      return;
    }
  }
}

}  // namespace

output_paths name_outputs(const job_spec& spec, bool simulated) {
  output_paths paths;
  paths.results = spec.resolve(spec.output.path);
  if (!spec.output.failed.empty()) paths.failed = spec.resolve(spec.output.failed);
  if (simulated) {
    paths.results = simulated_name(paths.results);
    if (!paths.failed.empty()) paths.failed = simulated_name(paths.failed);
  }
  paths.summary = paths.results + ".summary.json";
  return paths;
}

void clear_the_way(const job_spec& spec, const output_paths& paths,
                   const std::vector<std::string>& inputs, bool fresh, bool simulated) {
  refuse_inputs(spec, "output.path", paths.results, inputs);
  if (!paths.failed.empty()) refuse_inputs(spec, "output.failed", paths.failed, inputs);
  if (paths.failed == paths.results) {
    throw usage_error(fmt::format("{}: output.failed and output.path name the same file",
                                  spec.where("output.failed")));
  }
  if (simulated) return;
  for (const std::string& path : {paths.results, paths.failed}) {
    // Devices and pipes (/dev/stdout) hold nothing that could be lost.
    if (path.empty() || !fs::is_regular_file(path) || fs::is_empty(path)) continue;
    if (!fresh) {
      throw usage_error(
          fmt::format("{}: {} exists already; --fresh moves it aside, --output names another file",
                      spec.where("output.path"), path));
    }
    move_aside(path);
  }
}

}  // namespace batchmill
