// What a job_spec can tell about itself: places for messages, and paths relative to its file.
#include "batchmill/job_spec.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace batchmill {

std::string job_spec::where(const std::string& key_path) const {
  for (auto path = key_path; !path.empty();) {
    if (const auto found = marks.find(path); found != marks.end()) {
      const auto [line, column] = found->second;
      return line == 0 ? "--set " + path : fmt::format("{}:{}:{}", file, line, column);
    }
    const auto dot = path.rfind('.');
    path.resize(dot == std::string::npos ? 0 : dot);
  }
  return file.empty() ? "job spec" : file;
}

std::string job_spec::resolve(const std::string& path) const {
  if (path.empty() || path == "-" || std::filesystem::path(path).is_absolute()) return path;
  return (std::filesystem::path(file).parent_path() / path).string();
}

}  // namespace batchmill
