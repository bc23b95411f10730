#include "runner/engine/ledger/closing.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "runner/engine/ledger/crash_point.hpp"
#include "runner/engine/ledger/generations.hpp"
#include "runner/engine/ledger/request_hash.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

void remove_ledger(const ledger_paths& paths) {
  // What says how far the output came goes last.
  remove_generations(paths);
  std::error_code ignored;
  crash_point("cleanup", "before");
  fs::remove(paths.hashes(), ignored);
  crash_point("cleanup", "hashes");
  fs::remove(paths.identity(), ignored);
  crash_point("cleanup", "identity");
  remove_segments(paths.folder);
  crash_point("cleanup", "after");
  fs::remove_all(paths.folder, ignored);
}

}  // namespace

void close_run(opened_run& run, const closing_facts& facts) {
  const bool failures =
      run.found.counts.failed > 0 || (run.files && run.files->mark().counts.failed > 0);
  run.files.reset();
  run.kept.reset();
  if (run.temporary) {
    fs::remove_all(run.paths.folder);
    return;
  }
  if (!facts.every_row) return;
  if (!failures && !facts.keep && !facts.limited) return remove_ledger(run.paths);
  run.identity.finished = !facts.limited;
  run.identity.generation = 0;
  run.identity.drop_failed = false;
  write_identity(run.paths.identity(), run.identity);
  remove_generations(run.paths);
}

std::string digest_of_output(const ledger_paths& paths, std::uint64_t rows) {
  hash_reader hashes(paths.hashes());
  hash_digest digest;
  for (std::uint64_t i = 0; i < rows; ++i) digest.add(hashes.next());
  return fmt::format("{:016x}", digest.value());
}

}  // namespace batchmill
