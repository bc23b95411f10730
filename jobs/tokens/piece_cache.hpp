// How many tokens the pieces seen lately have. For one thread and one vocabulary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "jobs/tokens/count_table.hpp"
#include "jobs/tokens/merge.hpp"
#include "jobs/tokens/vocabulary.hpp"

namespace batchmill::tokens {

class piece_cache {
 public:
  /// `words` must outlive it. Tables grow once, after so many pieces that they did not know.
  piece_cache(const vocabulary& words, merge_function merge,
              std::size_t many_unknown = std::size_t{1} << 17);

  /// The tokens of a piece, which is not empty.
  std::size_t count(const byte* p, std::size_t length) {
    if (length > piece_key::longest) return count_longer(p, length);
    const piece_key key = key_of(p, length);
    const std::uint64_t hash = key.hash();
    if (const std::uint64_t known = find(key, hash)) [[likely]]
      return known;
    return learn(p, length, key, hash);
  }

  /// The same; the piece has more than 14 bytes.
  std::size_t count_longer(const byte* p, std::size_t length);

  // For shorter ones there are two steps, between which memory has time to come.

  /// 0 when it is not known; then it is to be learnt.
  std::uint64_t find(const piece_key& key, std::uint64_t hash) {
    entry* const set = set_of(hash);
    if (set[0].low == key.low && (set[0].high & key_bits) == key.high) [[likely]] {
      return set[0].high >> count_shift;
    }
    if (set[1].low == key.low && (set[1].high & key_bits) == key.high) {
      std::swap(set[0], set[1]);
      return set[0].high >> count_shift;
    }
    return 0;
  }
  void expect(std::uint64_t hash) const { words_.shorts().prefetch(hash); }
  std::size_t learn(const byte* p, std::size_t length, const piece_key& key, std::uint64_t hash) {
    return learn(p, length, key, hash, cutting::allowed);
  }

 private:
  // 512 KB: larger ones miss less often, but miss the processor's own cache. That is worth it only
  // where texts are many and of many languages, so after so many unknown pieces they grow to 2 MB
  // and 1 MB.
  static constexpr std::size_t entries = 1 << 15;
  static constexpr std::size_t most_entries = 1 << 17;
  static constexpr std::size_t long_entries = 1 << 13;
  static constexpr std::size_t most_long_entries = 1 << 15;
  static constexpr unsigned count_shift = 56;
  static constexpr std::uint64_t key_bits = (std::uint64_t{1} << count_shift) - 1;

  /// A piece_key, with the number of tokens above the length. Two neighbours are a set, the one
  /// used last first.
  struct entry {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
  };

  /// Is a piece looked at in parts, where no token reaches over?
  enum class cutting { allowed, done };

  /// Was it looked for already, in vain?
  enum class piece_is { new_here, unknown };

  entry* set_of(std::uint64_t hash) { return shorts_.data() + ((hash >> 40) & mask_); }

  void seed();
  void note_unknown() {
    if (++unknown_ == many_unknown_) grow();
  }
  void grow();
  void remember(const piece_key& key, std::uint64_t hash, std::uint64_t count);
  std::size_t learn(const byte* p, std::size_t length, const piece_key& key, std::uint64_t hash,
                    cutting parts);
  std::size_t count_middle(const byte* p, std::size_t length, cutting parts);
  template <class Table>
  std::size_t count_in(Table& table, const byte* p, std::size_t length, cutting parts);
  std::size_t count_anew(const byte* p, std::size_t length, cutting parts);
  std::size_t count_segments(const byte* p, std::size_t length, piece_is whole);
  std::size_t count_segment(const byte* p, std::size_t length);
  std::size_t count_character(const byte* p, std::size_t length);

  const vocabulary& words_;
  merge_function merge_;
  std::size_t many_unknown_;
  large_table<entry> shorts_;
  std::size_t mask_ = entries - 2;
  count_table<4> longs_;                        // 15 to 30 bytes: 256 KB
  count_table<8> longest_;                      // to 62, as names in programs have: 128 KB
  std::size_t unknown_ = 0;                     // pieces so far
  std::unique_ptr<std::uint8_t[]> characters_;  // of the first 65,536; 0 where not known yet
};

}  // namespace batchmill::tokens
