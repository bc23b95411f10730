#include "jobs/tokens/piece_cache.hpp"

#include <cstring>
#include <utility>

namespace batchmill::tokens {

namespace {

// Beyond this a piece is no word, and will not come again.
constexpr std::size_t longest_cached = 30;

constexpr std::size_t known_characters = 0x10000;

std::uint64_t hash_of(const std::uint64_t (&words)[4]) {
  return fold_product(words[0] ^ words[2] * 0x9E3779B97F4A7C15U,
                      words[1] ^ words[3] * 0xD6E8FEB86659FD93U ^ 0xA0761D6478BD642FU);
}

}  // namespace

piece_cache::piece_cache(const vocabulary& words, merge_function merge)
    : words_(words),
      merge_(merge),
      shorts_(std::make_unique<short_entry[]>(short_entries)),
      longs_(std::make_unique<long_entry[]>(long_entries)),
      characters_(std::make_unique<std::uint8_t[]>(known_characters)) {
  seed();
}

/// Tokens of low rank are the frequent ones. They come last, so that they stand first.
void piece_cache::seed() {
  for (auto id = static_cast<token_id>(std::min(words_.size(), short_entries)); id-- > 0;) {
    const std::string_view token = words_.bytes(id);
    if (token.empty() || token.size() > piece_key::longest) continue;
    const piece_key key = key_of(bytes_of(token), token.size());
    learn(key, key.hash(), 1);
  }
}

std::size_t piece_cache::learn_short(const byte* p, std::size_t length, const piece_key& key,
                                     std::uint64_t hash) {
  const token_id id = length <= short_token_index::longest ? words_.shorts().find(key, hash)
                                                           : words_.find(p, length);
  const std::size_t count = id != no_token ? 1 : count_anew(p, length);
  learn(key, hash, count);
  return count;
}

void piece_cache::learn(const piece_key& key, std::uint64_t hash, std::uint64_t count) {
  short_entry* const set = set_of(hash);
  set[1] = set[0];
  set[0] = {key.low, key.high | count << count_shift};
}

std::size_t piece_cache::count_long(const byte* p, std::size_t length) {
  // Words of scripts without spaces come in endless combinations, but their parts do not.
  if (p[0] >= 0xE0 || p[1] >= 0xE0) return count_segments(p, length);
  if (length > longest_cached) {
    return words_.find(p, length) != no_token ? 1 : merge_piece(words_, merge_, p, length, nullptr);
  }
  std::uint64_t words[4] = {};
  std::memcpy(words, p, length);
  words[3] |= std::uint64_t{length} << 48;
  long_entry* const set = &longs_[(hash_of(words) >> 30) & (long_entries - 2)];
  for (int i = 0; i < 2; ++i) {
    const auto& known = set[i].words;
    if (known[0] == words[0] && known[1] == words[1] && known[2] == words[2] &&
        (known[3] & key_bits) == words[3]) {
      return known[3] >> count_shift;
    }
  }
  const std::size_t count =
      words_.find(p, length) != no_token ? 1 : merge_piece(words_, merge_, p, length, nullptr);
  set[1] = set[0];
  words[3] |= std::uint64_t{count} << count_shift;
  std::memcpy(set[0].words, words, sizeof words);
  return count;
}

/// Of a piece that is no token.
std::size_t piece_cache::count_anew(const byte* p, std::size_t length) {
  const bool is_wide = p[0] >= 0x80 || (length > 1 && p[1] >= 0x80);
  return is_wide ? count_segments(p, length) : merge_piece(words_, merge_, p, length, nullptr);
}

/// Cuts a piece where no token reaches over.
std::size_t piece_cache::count_segments(const byte* p, std::size_t length) {
  const byte* const end = p + length;
  const byte* segment = p;
  std::uint32_t left = code_point(p);
  std::size_t count = 0;
  for (p += length_of(*p); p < end; p += length_of(*p)) {
    const std::uint32_t right = code_point(p);
    if (!words_.joints().joined(left, p[-1], right, *p)) {
      count += count_segment(segment, static_cast<std::size_t>(p - segment));
      segment = p;
    }
    left = right;
  }
  return count + count_segment(segment, static_cast<std::size_t>(end - segment));
}

std::size_t piece_cache::count_segment(const byte* p, std::size_t length) {
  const std::size_t first = length_of(*p);
  if (length == first && first < 4) return count_character(p, length);
  if (length > piece_key::longest) return merge_piece(words_, merge_, p, length, nullptr);
  const piece_key key = key_of(p, length);
  const std::uint64_t hash = key.hash();
  const short_entry* const set = set_of(hash);
  for (int i = 0; i < 2; ++i) {
    if (set[i].low == key.low && (set[i].high & key_bits) == key.high) {
      return set[i].high >> count_shift;
    }
  }
  const std::size_t count =
      words_.find(p, length) != no_token ? 1 : merge_piece(words_, merge_, p, length, nullptr);
  learn(key, hash, count);
  return count;
}

std::size_t piece_cache::count_character(const byte* p, std::size_t length) {
  std::uint8_t& count = characters_[code_point(p)];
  if (count == 0) {
    count = static_cast<std::uint8_t>(merge_piece(words_, merge_, p, length, nullptr));
  }
  return count;
}

}  // namespace batchmill::tokens
