// How many tokens the pieces seen lately have. For one thread and one vocabulary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "jobs/tokens/merge.hpp"
#include "jobs/tokens/vocabulary.hpp"

namespace batchmill::tokens {

class piece_cache {
 public:
  /// `words` must outlive it.
  piece_cache(const vocabulary& words, merge_function merge);

  /// The tokens of a piece, which is not empty.
  std::size_t count(const byte* p, std::size_t length) {
    return length <= piece_key::longest ? count_short(p, length, key_of(p, length))
                                        : count_long(p, length);
  }

  /// The same. `key` is that of the piece, which has at most 14 bytes.
  std::size_t count_short(const byte* p, std::size_t length, const piece_key& key) {
    const std::uint64_t hash = key.hash();
    short_entry* const set = set_of(hash);
    if (set[0].low == key.low && (set[0].high & key_bits) == key.high) [[likely]] {
      return set[0].high >> count_shift;
    }
    if (set[1].low == key.low && (set[1].high & key_bits) == key.high) {
      std::swap(set[0], set[1]);
      return set[0].high >> count_shift;
    }
    return learn_short(p, length, key, hash);
  }

  std::size_t count_long(const byte* p, std::size_t length);

 private:
  // 512 KB: larger ones miss less often, but miss the processor's own cache.
  static constexpr std::size_t short_entries = 1 << 15;
  static constexpr std::size_t long_entries = 1 << 13;
  static constexpr unsigned count_shift = 56;
  static constexpr std::uint64_t key_bits = (std::uint64_t{1} << count_shift) - 1;

  /// A piece_key, with the number of tokens above the length. Two neighbours are a set, the one
  /// used last first.
  struct short_entry {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
  };

  /// The same for 15 to 30 bytes.
  struct alignas(32) long_entry {
    std::uint64_t words[4] = {};
  };

  short_entry* set_of(std::uint64_t hash) { return &shorts_[(hash >> 40) & (short_entries - 2)]; }
  void seed();
  void learn(const piece_key& key, std::uint64_t hash, std::uint64_t count);
  std::size_t learn_short(const byte* p, std::size_t length, const piece_key& key,
                          std::uint64_t hash);
  std::size_t count_anew(const byte* p, std::size_t length);
  std::size_t count_segments(const byte* p, std::size_t length);
  std::size_t count_segment(const byte* p, std::size_t length);
  std::size_t count_character(const byte* p, std::size_t length);

  const vocabulary& words_;
  merge_function merge_;
  std::unique_ptr<short_entry[]> shorts_;
  std::unique_ptr<long_entry[]> longs_;
  std::unique_ptr<std::uint8_t[]> characters_;  // of the first 65,536; 0 where not known yet
};

}  // namespace batchmill::tokens
