// An answer to many rows at once, cut into answers to each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/job.hpp"
#include "jobs/answer.hpp"
#include "jobs/packing/packed_vectors.hpp"

namespace batchmill::jobs {

/// What is there to be shared out; views into the answer's body.
struct packed_answer {
  packed_answer() = default;

  std::string body;        // minified; without those that stand in `vectors`
  std::string_view list;   // an array: the answers to the inputs
  std::string_view usage;  // raw; of null where there is none

  std::optional<packed_vectors> vectors;  // that were taken out
};

/// Reads an answer with a list under `key`. Returns true when there is one; else `refusal` says
/// what happened instead.
bool read_list(const http_response& response, std::string_view key, const failure_judge& judge,
               packed_answer& answer, reading& refusal);

/// The elements of a list.
std::vector<std::string_view> items_of(std::string_view list);

/// Those of a list by their `index`, which is at most `last`; of null where one is missing.
std::vector<std::string_view> items_by_index(std::string_view list, std::size_t last);

/// Appends an item with another `index` and, unless `key` is empty, another value of that member.
void append_item(std::string_view item, std::size_t index, std::string_view key,
                 std::string_view value, std::string& list);

/// The answer as it would be with `list` and `usage` (raw; empty: none) in the place of its own.
std::string with_list(const packed_answer& answer, std::string_view list, std::string_view usage);

/// The answer's usage, split over rows by weight: the parts add up to it.
std::vector<token_usage> share_usage(const token_usage& all, const std::vector<std::int64_t>& by);

/// As the API writes it for embeddings.
std::string usage_json(const token_usage& usage);

}  // namespace batchmill::jobs
