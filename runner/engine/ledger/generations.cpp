#include "runner/engine/ledger/generations.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/crash_point.hpp"
#include "runner/engine/ledger/disk_file.hpp"
#include "runner/engine/ledger/row_log.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

void move_if_there(const std::string& from, const std::string& to) {
  if (from.empty() || !fs::exists(from)) return;
  crash_point("move", "before");
  std::error_code failure;
  fs::rename(from, to, failure);
  if (failure) {
    throw run_error(fmt::format("cannot move {} to {}: {}", from, to, failure.message()));
  }
  crash_point("move", "after");
}

std::string parent_of(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace

ledger_paths previous_paths(const ledger_paths& paths, unsigned n) {
  ledger_paths previous;
  previous.folder = fmt::format("{}/previous-{}", paths.folder, n);
  previous.output = previous.folder + "/output.jsonl";
  if (!paths.failed.empty()) previous.failed = previous.folder + "/failed.jsonl";
  if (!paths.matrix.empty()) previous.matrix = previous.folder + "/matrix.npy";
  previous.numbers = paths.numbers;
  return previous;
}

std::vector<ledger_paths> list_generations(const ledger_paths& paths) {
  std::vector<ledger_paths> found;
  for (unsigned n = 1;; ++n) {
    ledger_paths previous = previous_paths(paths, n);
    if (!fs::exists(previous.folder)) return found;
    found.push_back(std::move(previous));
  }
}

void begin_generation(const ledger_paths& paths, run_identity& identity) {
  ++identity.generation;
  // Of a number that is not in use only leftovers can be there.
  fs::remove_all(previous_paths(paths, identity.generation).folder);
  identity.moving = true;
  identity.finished = false;
  write_identity(paths.identity(), identity);
  finish_moving(paths, identity);
}

void finish_moving(const ledger_paths& paths, run_identity& identity) {
  const ledger_paths to = previous_paths(paths, identity.generation);
  fs::create_directories(to.folder);
  for (const std::uint32_t number : list_segments(paths.folder)) {
    move_if_there(segment_path(paths.folder, number), segment_path(to.folder, number));
  }
  move_if_there(paths.hashes(), to.hashes());
  move_if_there(paths.failed, to.failed);
  move_if_there(paths.matrix, to.matrix);
  move_if_there(paths.output, to.output);
  sync_folder(to.folder);
  sync_folder(paths.folder);
  sync_folder(parent_of(paths.output));
  identity.moving = false;
  write_identity(paths.identity(), identity);
}

void remove_generations(const ledger_paths& paths) {
  // From the newest down: a process that dies on the way leaves no gap in the numbers.
  auto found = list_generations(paths);
  for (auto it = found.rbegin(); it != found.rend(); ++it) {
    crash_point("cleanup", "before");
    fs::remove_all(it->folder);
    crash_point("cleanup", "after");
  }
}

std::string move_aside(const ledger_paths& paths) {
  const auto taken = [&](const std::string& suffix) {
    return fs::exists(paths.output + suffix) ||
           (!paths.matrix.empty() && fs::exists(paths.matrix + suffix)) ||
           fs::exists(paths.folder + suffix) ||
           (!paths.failed.empty() && fs::exists(paths.failed + suffix));
  };
  unsigned n = 1;
  while (taken(fmt::format(".{}", n))) ++n;
  const std::string suffix = fmt::format(".{}", n);
  const bool any = fs::exists(paths.output);
  move_if_there(paths.output, paths.output + suffix);
  move_if_there(paths.failed, paths.failed + suffix);
  move_if_there(paths.matrix, paths.matrix + suffix);
  if (fs::exists(paths.identity()) || !list_segments(paths.folder).empty()) {
    move_if_there(paths.folder, paths.folder + suffix);
  }
  return any ? paths.output + suffix : "";
}

}  // namespace batchmill
