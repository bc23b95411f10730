// Short pieces as two words: what they are looked up by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "jobs/tokens/fold_product.hpp"
#include "jobs/tokens/utf8.hpp"

namespace batchmill::tokens {

struct piece_key {
  static constexpr std::size_t longest = 14;
  static constexpr unsigned length_shift = 48;

  std::uint64_t low = 0;   // bytes 0 to 7
  std::uint64_t high = 0;  // bytes 8 to 13, and the length

  std::uint64_t hash() const {
    return fold_product(low ^ 0x9E3779B97F4A7C15U, high ^ 0xD6E8FEB86659FD93U);
  }
};

/// Of `length` bytes, at most 14. Reads not one more.
inline piece_key key_of(const byte* p, std::size_t length) {
  std::uint64_t words[2] = {};
  std::memcpy(words, p, length);
  return {words[0], words[1] | std::uint64_t{length} << piece_key::length_shift};
}

}  // namespace batchmill::tokens
