// The API's files and batches, as people and as programs read them.
#pragma once

#include <span>
#include <string>

#include "runner/progress/json_text.hpp"
#include "runner/remote/failure.hpp"
#include "runner/remote/objects.hpp"

namespace batchmill {

/// One line each, with titles. `now` is what ages are counted from.
std::string table_of(std::span<const remote_batch> batches, unix_seconds now);
std::string table_of(std::span<const remote_file> files, unix_seconds now);

/// All that there is to say about one batch, a line for each thing.
std::string details_of(const remote_batch& batch, unix_seconds now);

/// With the API's own names; times in seconds since 1970, null where there is none.
json_object json_of(const remote_batch& batch);
json_object json_of(const remote_file& file);

/// "No such batch. (not_found, HTTP 404)"
std::string reason_of(const remote_failure& failure);

/// The reason, and before it what it means, as one sentence without its full stop.
std::string sentence_of(const remote_failure& failure);

}  // namespace batchmill
