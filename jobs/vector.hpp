// The numbers of an embedding: read, averaged, scaled, written.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/job_spec.hpp"

namespace batchmill::jobs {

using embedding = std::vector<float>;

/// From a raw JSON value: a string of base64 (little-endian float32) or an array of numbers.
/// nullopt when it is neither, or holds what is not finite.
std::optional<embedding> read_embedding(std::string_view raw);

/// None of them is infinite or not a number.
bool are_finite(std::span<const float> values);

/// As a JSON array; each number as short as it can be and still be read back the same.
std::string to_json(const embedding& values);

/// The bytes that a matrix of such numbers holds.
std::string to_bytes(const embedding& values, number_type numbers);

/// The same in the numbers' own place; how many bytes?
std::size_t make_bytes(std::span<float> values, number_type numbers);

/// To length 1; a vector of zeros stays what it is.
void scale_to_one(std::span<float> values);

/// The average by weight; all of the same length.
embedding average(const std::vector<embedding>& parts, const std::vector<double>& weights);

}  // namespace batchmill::jobs
