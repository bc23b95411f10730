// A step of the hashes here: both halves of a product, folded into one.
#pragma once

#include <cstdint>

namespace batchmill::tokens {

__extension__ using double_word = unsigned __int128;  // of GCC and Clang, not of the standard

inline std::uint64_t fold_product(std::uint64_t a, std::uint64_t b) {
  const double_word product = static_cast<double_word>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace batchmill::tokens
