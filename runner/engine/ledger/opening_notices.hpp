// What a person is told when a run opens on what an earlier one left.
#pragma once

#include <cstdint>
#include <string>

#include "runner/engine/ledger/input_check.hpp"

namespace batchmill::opening_notices {

std::string moved_aside(const std::string& output, const std::string& to);
std::string rows_lost(std::uint64_t lost, std::uint64_t left, const std::string& output);
std::string rebuilt_from_output(const std::string& output, std::uint64_t rows);
std::string failed_rewritten(const std::string& failed, std::uint64_t rows);
std::string failed_incomplete(const std::string& failed);
std::string complete(const std::string& output, std::uint64_t rows, std::uint64_t failed);
std::string resuming(std::uint64_t finished, const input_comparison& input);
std::string reusing(std::uint64_t kept, std::uint64_t asked);

// Refusals. `where` is the key of the spec that is to blame, with its place.

std::string rows_of_another(const std::string& where, const std::string& output);
std::string changed_after_end(const std::string& where, const std::string& output);
std::string format_changed(const std::string& where);
std::string numbers_changed(const std::string& where, const std::string& matrix);
std::string choice(const std::string& where, const std::string& change, const std::string& output);

/// What `choice` says has changed.
std::string rows_missing(std::uint64_t missing);
std::string rows_differ(const std::string& keys, const input_comparison& input,
                        std::uint64_t finished);

}  // namespace batchmill::opening_notices
