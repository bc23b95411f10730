#include "runner/engine/ledger/run_state.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "runner/engine/ledger/run_lock.hpp"
#include "runner/engine/row_source.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

std::int64_t changed_at(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? facts.st_mtime : 0;
}

std::optional<std::uint64_t> count_rows(const run_identity& identity) {
  job_spec spec;
  for (const input_file& input : identity.inputs) {
    std::error_code none;
    if (input.path == "-" || fs::file_size(input.path, none) != input.size) return std::nullopt;
    spec.input.paths.push_back(input.path);
  }
  if (spec.input.paths.empty()) return std::nullopt;
  row_source rows(spec, 0);
  while (rows.wait_next()) {
  }
  return rows.rows_read();
}

/// By its first line, as a finished output has no ledger that would say it.
output_format format_of_output(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  if (line.empty()) return output_format::batch;
  const bool is_result = !json::validate(line) && json::member(line, "custom_id");
  if (is_result && json::member(line, "response")) return output_format::batch;
  if (is_result && json::member(line, "text")) return output_format::text;
  if (is_result && json::member(line, "embedding")) return output_format::vectors;
  if (is_result && json::member(line, "error")) return output_format::text;
  if (is_result) return output_format::npy;
  throw usage_error(fmt::format("{}: this is no output of batchmill", path));
}

}  // namespace

run_state look_at(const std::string& output) {
  const ledger_paths paths = output.ends_with(".npy")
                                 ? ledger_paths::of_matrix(output, "", number_type::float32)
                                 : ledger_paths(output, "");
  run_state state;
  state.has_ledger = fs::is_directory(paths.folder);
  if (!state.has_ledger && !fs::is_regular_file(output)) {
    throw usage_error(fmt::format(
        "{}: there is neither this output nor its ledger; name the file that output.path names",
        output));
  }
  state.pid = lock_holder(paths.lock());
  state.identity = read_identity(paths.identity(), false);
  const output_format format =
      state.identity ? state.identity->format : format_of_output(paths.output);
  const recovered found = recover(paths, format, true);
  state.spent = spending_file(paths.spending()).read();
  if (!state.pid) state.spent = after_the_end(std::move(state.spent));
  state.counts = found.counts;
  state.in_output = found.mark.position;
  state.ahead = found.ahead.size();
  state.finished = !state.has_ledger || (state.identity && state.identity->finished);
  state.rows_total = state.identity ? count_rows(*state.identity) : std::nullopt;
  if (state.finished) state.rows_total = found.finished();
  state.last_moved = changed_at(output);
  for (const std::uint32_t number : list_segments(paths.folder)) {
    state.last_moved = std::max(state.last_moved, changed_at(segment_path(paths.folder, number)));
  }
  return state;
}

}  // namespace batchmill
