// Fine-tuning jobs, their events and checkpoints, as people and as programs read them.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "batchmill/money.hpp"
#include "runner/progress/json_text.hpp"
#include "runner/remote/tuning_objects.hpp"

namespace batchmill {

/// One line each, with titles. `now` is what ages are counted from.
std::string table_of(std::span<const remote_tuning_job> jobs, unix_seconds now);
std::string table_of(std::span<const remote_checkpoint> checkpoints, unix_seconds now);

/// All that there is to say about one job, a line for each thing.
std::string details_of(const remote_tuning_job& job, unix_seconds now);

/// With the API's own names; times in seconds since 1970, null where there is none.
json_object json_of(const remote_tuning_job& job);
json_object json_of(const remote_tuning_event& event);
json_object json_of(const remote_checkpoint& checkpoint);

/// "2026-11-21T15:04:05Z  Step 3/90: training loss=1.23".
std::string event_line(const remote_tuning_event& event);

/// How a job ended: its model, checkpoints, tokens, cost. `cost` absent: unknown.
std::string tuning_summary(const remote_tuning_job& job,
                           std::span<const remote_checkpoint> checkpoints,
                           std::optional<money> cost, const std::string& metrics_file);

}  // namespace batchmill
