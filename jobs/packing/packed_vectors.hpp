// The embeddings of an answer, decoded before the rest of it is looked at: nearly all of its bytes
// are theirs, and each of these is touched once.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace batchmill::jobs {

struct packed_vectors {
  packed_vectors() = default;

  std::string rest;  // the answer with "0", "1", ... in the places of the embeddings

  /// The numbers of each, one behind the other in `block`.
  std::vector<std::span<float>> each;
  std::shared_ptr<float[]> block;
};

/// Of an answer that is not known to be JSON yet; it is when `rest` is. Nothing where not all of
/// its embeddings are texts of base64 and hold finite numbers, or anything else about it is
/// unusual.
std::optional<packed_vectors> take_vectors(std::string_view answer);

/// The one that a raw value in `rest` stands for; empty: none.
std::span<float> vector_of(const packed_vectors& vectors, std::string_view raw);

}  // namespace batchmill::jobs
