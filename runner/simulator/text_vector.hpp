// Vectors of texts for the embeddings endpoint: near for texts that share words.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace batchmill::simulator_detail {

struct vector_part {
  std::uint64_t hash = 0;  // of the word, or the token itself
  float weight = 0;
};

/// The words of `text`, in any case. Short words, which most texts share, weigh little.
std::vector<vector_part> parts_of(std::string_view text);

/// A vector of length 1. One of fewer dimensions is the beginning of the longer one, at length 1
/// again, as the API's are.
std::vector<float> make_vector(std::span<const vector_part> parts, std::size_t dimensions);

}  // namespace batchmill::simulator_detail
