// Remembers how many tokens pieces of some length have: the ones seen last, exactly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "jobs/tokens/fold_product.hpp"
#include "jobs/tokens/large_table.hpp"
#include "jobs/tokens/utf8.hpp"

namespace batchmill::tokens {

/// The bytes of a piece in `Words` words, all but the last two; these are its length and, in the
/// table, the number of its tokens.
template <std::size_t Words>
struct long_key {
  static constexpr std::size_t longest = Words * 8 - 2;
  static constexpr unsigned length_shift = 48;

  std::uint64_t words[Words] = {};

  /// `length` is at most `longest`.
  long_key() = default;
  long_key(const byte* p, std::size_t length) {
    std::memcpy(words, p, length);
    words[Words - 1] |= std::uint64_t{length} << length_shift;
  }

  std::uint64_t hash() const {
    std::uint64_t hash = 0xA0761D6478BD642FU;
    for (std::size_t i = 0; i < Words; i += 2) {
      hash = fold_product(words[i] ^ hash, words[i + 1] ^ 0xD6E8FEB86659FD93U);
    }
    return hash;
  }
};

template <std::size_t Words>
class count_table {
 public:
  using key = long_key<Words>;

  /// `entries` is a power of two.
  explicit count_table(std::size_t entries) : entries_(entries) {}

  /// 0 when it is not known.
  std::uint64_t find(const key& k, std::uint64_t hash) const {
    const entry* const set = set_of(hash);
    for (int i = 0; i < 2; ++i) {
      if (same(set[i], k)) return set[i].words[Words - 1] >> count_shift;
    }
    return 0;
  }

  /// `count` is below 256.
  void remember(const key& k, std::uint64_t hash, std::uint64_t count) {
    entry* const set = set_of(hash);
    set[1] = set[0];
    std::memcpy(set[0].words, k.words, sizeof k.words);
    set[0].words[Words - 1] |= count << count_shift;
  }

  /// Keeps what it remembers.
  void grow(std::size_t entries) {
    const auto old = std::exchange(entries_, large_table<entry>(entries));
    for (std::size_t i = old.size(); i-- > 0;) {  // of a set the first one last, as it came
      const std::uint64_t count = old[i].words[Words - 1] >> count_shift;
      if (count == 0) continue;
      key k;
      std::memcpy(k.words, old[i].words, sizeof k.words);
      k.words[Words - 1] &= key_bits;
      remember(k, k.hash(), count);
    }
  }

 private:
  static constexpr unsigned count_shift = 56;
  static constexpr std::uint64_t key_bits = (std::uint64_t{1} << count_shift) - 1;

  struct alignas(Words * 8) entry {
    std::uint64_t words[Words] = {};
  };

  /// But for the number of tokens, which a key does not have. Few words, so all without a branch.
  static bool same(const entry& e, const key& k) {
    std::uint64_t different = (e.words[Words - 1] ^ k.words[Words - 1]) & key_bits;
    for (std::size_t i = 0; i + 1 < Words; ++i) different |= e.words[i] ^ k.words[i];
    return different == 0;
  }

  /// Two neighbours, the one that came last first.
  entry* set_of(std::uint64_t hash) {
    return entries_.data() + ((hash >> 30) & (entries_.size() - 2));
  }
  const entry* set_of(std::uint64_t hash) const {
    return entries_.data() + ((hash >> 30) & (entries_.size() - 2));
  }

  large_table<entry> entries_;
};

}  // namespace batchmill::tokens
