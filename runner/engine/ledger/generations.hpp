// Earlier outputs of the same run, whose results a newer one takes over: each rests in a folder
// "previous-N" within the ledger until the newer one is complete.
#pragma once

#include <string>
#include <vector>

#include "runner/engine/ledger/identity.hpp"
#include "runner/engine/ledger/ledger_paths.hpp"

namespace batchmill {

/// Where the output, hashes and log of generation `n` rest.
ledger_paths previous_paths(const ledger_paths& paths, unsigned n);

/// Those that are there, oldest first.
std::vector<ledger_paths> list_generations(const ledger_paths& paths);

/// Moves output, failed file, hashes and log out of the way, to begin a new generation. A process
/// that dies on the way leaves `identity.moving` behind, and the next one goes on from there.
void begin_generation(const ledger_paths& paths, run_identity& identity);

/// Goes on with a move that was interrupted.
void finish_moving(const ledger_paths& paths, run_identity& identity);

void remove_generations(const ledger_paths& paths);

/// Renames output, failed file and ledger to the first free "NAME.N", so that a run begins afresh.
/// Returns that name of the output; empty when nothing was there.
std::string move_aside(const ledger_paths& paths);

}  // namespace batchmill
