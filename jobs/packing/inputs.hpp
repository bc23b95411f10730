// Where a request body holds its inputs, brought into the one form in which bodies can be joined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/job.hpp"

namespace batchmill::jobs {

/// Notes where the inputs stand that the body has under `key`: "a", ["a", "b"], and [1,2] or
/// [[1,2]] for tokens. One by itself has no brackets. Nothing is noted where the value is something
/// else or stands there twice.
void find_inputs(prepared_request& prepared, std::string_view key);

/// Makes `input` of the body an array and notes where its elements stand: "a" becomes ["a"], and
/// the numbers of one tokenized text [1,2] become [[1,2]]. Bodies whose input is something else are
/// left alone, and so is their slice.
void put_inputs_in_array(prepared_request& prepared);

std::string_view inputs_of(const prepared_request& prepared);

/// Puts other elements in the place of the inputs.
void replace_inputs(prepared_request& prepared, std::string_view elements, unsigned count);

/// Each input of a pack by itself.
std::vector<std::string_view> split_inputs(const prepared_request& prepared);

/// Splits `total` by weight into whole parts that add up to it.
std::vector<std::int64_t> shares_of(std::int64_t total, const std::vector<std::int64_t>& weights);

/// Is the refusal's cause the same for every row of a pack: the model, a parameter, the account?
bool concerns_all(int status, const reading& refusal);

}  // namespace batchmill::jobs
