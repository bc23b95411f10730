#include "jobs/tokens/packed_ranks.hpp"

#include <cstdint>
#include <stdexcept>

#include <zstd.h>

namespace batchmill::tokens {

namespace {

// Three bytes a half, each in a plane of its own: neighbours are alike there, which compresses
// better. Left halves first.
constexpr unsigned planes = 6;
constexpr unsigned level = 19;

char plane_of(const token_halves& halves, unsigned plane) {
  const token_id half = plane < 3 ? halves.left : halves.right;
  return static_cast<char>(half >> plane % 3 * 8);
}

token_id half_of(std::string_view bytes, std::size_t ranks, std::size_t rank, unsigned plane) {
  token_id half = 0;
  for (unsigned i = 0; i < 3; ++i) {
    half |= token_id{static_cast<byte>(bytes[(plane + i) * ranks + rank])} << i * 8;
  }
  return half == (no_token & 0xFFFFFF) ? no_token : half;
}

[[noreturn]] void refuse() {
  throw std::runtime_error("the packed table of tokens is damaged");
}

}  // namespace

std::string pack_ranks(std::span<const token_halves> ranks) {
  std::string bytes;
  for (unsigned plane = 0; plane < planes; ++plane) {
    for (const token_halves& halves : ranks) bytes += plane_of(halves, plane);
  }
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), level);
  if (ZSTD_isError(size)) throw std::runtime_error(ZSTD_getErrorName(size));
  packed.resize(size);
  return packed;
}

std::vector<token_halves> unpack_ranks(std::string_view packed) {
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > 1 << 24) {
    refuse();
  }
  std::string bytes(size, '\0');
  if (ZSTD_decompress(bytes.data(), size, packed.data(), packed.size()) != size || size % planes) {
    refuse();
  }
  std::vector<token_halves> ranks(size / planes);
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    ranks[rank] = {half_of(bytes, ranks.size(), rank, 0), half_of(bytes, ranks.size(), rank, 3)};
  }
  return ranks;
}

}  // namespace batchmill::tokens
