#include "jobs/tokens/token_index.hpp"

#include <bit>
#include <cstring>

namespace batchmill::tokens {

short_token_index::short_token_index(std::size_t tokens)
    : entries_(std::bit_ceil(tokens + tokens / 8 + 4)), mask_(entries_.size() / 4 - 1) {}

void short_token_index::add(const piece_key& key, std::uint64_t hash, token_id id) {
  for (std::size_t bucket = hash >> 20 & mask_;; bucket = (bucket + 1) & mask_) {
    for (entry *e = entries_.data() + bucket * 4, *end = e + 4; e != end; ++e) {
      if (e->high != 0) continue;
      const std::uint64_t low_bits = id & 0xFFFF;
      const std::uint64_t high_bits = id >> 16;
      *e = {key.low, key.high | low_bits << 32 | high_bits << 56};
      return;
    }
  }
}

// At most half full, so that a search ends.
long_token_index::long_token_index(std::size_t tokens)
    : slots_(std::bit_ceil(tokens * 2 + 2), no_token), mask_(slots_.size() - 1) {}

void long_token_index::add(std::string_view bytes, token_id id) {
  const std::uint64_t hash = hash_of(bytes);
  std::size_t i = hash & mask_;
  while (slots_[i] != no_token) i = (i + 1) & mask_;
  slots_[i] = mark_of(hash) | id;
}

std::uint64_t long_token_index::hash_of(std::string_view bytes) {
  std::uint64_t hash = bytes.size();
  const auto mix = [&](std::uint64_t word) {
    hash = fold_product(hash ^ word, 0xD6E8FEB86659FD93U);
  };
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    mix(word);
  }
  std::uint64_t word = 0;
  if (!bytes.empty()) std::memcpy(&word, bytes.data(), bytes.size());
  mix(word ^ 0x9E3779B97F4A7C15U);
  return hash;
}

}  // namespace batchmill::tokens
