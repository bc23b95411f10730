// To which token two tokens are merged.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "jobs/tokens/large_table.hpp"

namespace batchmill::tokens {

using token_id = std::uint32_t;
inline constexpr token_id no_token = 0xFFFFFFFF;

class pair_table {
 public:
  static constexpr unsigned id_bits = 18;

  explicit pair_table(std::size_t pairs)
      : slots_(std::bit_ceil(pairs + pairs / 5 + 16), empty),
        shift_(64 - static_cast<unsigned>(std::bit_width(slots_.size() - 1))),
        filter_((std::size_t{1} << filter_bits) / 32) {}

  /// Of an add that comes soon.
  void prefetch(token_id left, token_id right) const {
    __builtin_prefetch(slots_.data() + (hash_of(key_of(left, right)) >> shift_), 1);
  }

  /// All three are below 1 << id_bits; `left` and `right` were not added before.
  void add(token_id left, token_id right, token_id merged) {
    const std::uint64_t key = key_of(left, right);
    const std::uint64_t hash = hash_of(key);
    filter_.data()[hash >> filter_shift] |= 1U << (hash >> bit_shift & 31);
    std::uint64_t* const slots = slots_.data();
    std::size_t i = hash >> shift_;
    while (slots[i] != empty) i = (i + 1) & (slots_.size() - 1);
    slots[i] = key << id_bits | merged;
  }

  token_id find(token_id left, token_id right) const {
    const std::uint64_t key = key_of(left, right);
    const std::uint64_t hash = hash_of(key);
    // Unchecked: hashes are cut to fit, and this is where most of the time goes.
    const std::uint32_t bits = filter_.data()[hash >> filter_shift];
    if (!(bits >> (hash >> bit_shift & 31) & 1)) return no_token;
    const std::uint64_t* const slots = slots_.data();
    for (std::size_t i = hash >> shift_;; i = (i + 1) & (slots_.size() - 1)) {
      const std::uint64_t slot = slots[i];
      if (slot >> id_bits == key) return static_cast<token_id>(slot & ((1U << id_bits) - 1));
      if (slot == empty) return no_token;
    }
  }

  std::size_t memory() const { return slots_.size() * 8 + filter_.size() * 4; }

 private:
  static constexpr std::uint64_t empty = ~std::uint64_t{0};
  // Most pairs that are asked for have no token, and 128 KB of bits stay near the processor.
  static constexpr unsigned filter_bits = 20;
  static constexpr unsigned filter_shift = 64 - filter_bits + 5;
  static constexpr unsigned bit_shift = 64 - filter_bits;

  static std::uint64_t key_of(token_id left, token_id right) {
    return std::uint64_t{left} << id_bits | right;
  }
  static std::uint64_t hash_of(std::uint64_t key) { return key * 0x9E3779B97F4A7C15U; }

  large_table<std::uint64_t> slots_;  // left, right, merged
  unsigned shift_;
  std::vector<std::uint32_t> filter_;
};

}  // namespace batchmill::tokens
