// What it means that the server refused a batch's input file. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/remote/objects.hpp"

namespace batchmill {

enum class refusal_cause {
  queue_full,  // too many tokens are enqueued: the same file passes later
  lines,       // those named in `faulty`; the others may pass without them
  unknown,     // some line, or the file as a whole
  run,         // no file of this run will pass
};

struct refusal {
  refusal() = default;

  refusal_cause cause = refusal_cause::unknown;
  std::map<std::uint64_t, batch_problem> faulty;  // by line, from 1
  batch_problem first;                            // for a message
  std::optional<std::int64_t> limit;              // of enqueued tokens, where the text names it
};

refusal judge_refusal(const std::vector<batch_problem>& problems);

/// Is this the limit of enqueued tokens, told at once instead of by the batch?
bool means_queue_full(std::string_view code, std::string_view message);

/// The number in "Limit: 2,000,000 enqueued tokens".
std::optional<std::int64_t> named_queue_limit(std::string_view message);

}  // namespace batchmill
