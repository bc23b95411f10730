#include "jobs/tokens/piece_cache.hpp"

#include <cstring>
#include <utility>

namespace batchmill::tokens {

namespace {

constexpr std::size_t known_characters = 0x10000;

/// Does it begin with a kana or a Chinese character, perhaps behind something else?
bool is_ideographic(const byte* p, std::size_t length) {
  const byte first = *p < 0x80 && length > 1 ? p[1] : *p;
  return first >= 0xE3 && first <= 0xE9;
}

/// Of at most three bytes that are no token: a second merge would make one of them.
std::size_t count_three(const vocabulary& words, const byte* p, std::size_t length) {
  if (length < 3) return length;
  const bool merge =
      words.of_two_bytes(p[0], p[1]) != no_token || words.of_two_bytes(p[1], p[2]) != no_token;
  return merge ? 2 : 3;
}

/// Of four bytes that are no token: after the first merge it matters only whether there is another.
std::size_t count_four(const vocabulary& words, const byte* p) {
  const token_id first = words.of_two_bytes(p[0], p[1]);
  const token_id middle = words.of_two_bytes(p[1], p[2]);
  const token_id last = words.of_two_bytes(p[2], p[3]);
  const auto merge = [&](token_id left, token_id right) {
    return words.merged(left, right) != no_token;
  };
  if (middle < first && middle <= last) {
    const bool again = merge(words.of_byte(p[0]), middle) || merge(middle, words.of_byte(p[3]));
    return again ? 2 : 3;
  }
  if (first == no_token && last == no_token) return 4;
  if (first != no_token && last != no_token) return 2;
  const bool again =
      last == no_token ? merge(first, words.of_byte(p[2])) : merge(words.of_byte(p[1]), last);
  return again ? 2 : 3;
}

}  // namespace

piece_cache::piece_cache(const vocabulary& words, merge_function merge, std::size_t many_unknown)
    : words_(words),
      merge_(merge),
      many_unknown_(many_unknown),
      shorts_(entries),
      longs_(long_entries),
      longest_(1 << 11),
      characters_(std::make_unique<std::uint8_t[]>(known_characters)) {
  seed();
}

/// Tokens of low rank are the frequent ones. They come last, so that they stand first.
void piece_cache::seed() {
  for (auto id = static_cast<token_id>(std::min(words_.size(), entries)); id-- > 0;) {
    const std::string_view token = words_.bytes(id);
    if (token.empty() || token.size() > piece_key::longest) continue;
    const piece_key key = key_of(bytes_of(token), token.size());
    remember(key, key.hash(), 1);
  }
}

void piece_cache::remember(const piece_key& key, std::uint64_t hash, std::uint64_t count) {
  entry* const set = set_of(hash);
  set[1] = set[0];
  set[0] = {key.low, key.high | count << count_shift};
}

void piece_cache::grow() {
  const auto old = std::exchange(shorts_, large_table<entry>(most_entries));
  mask_ = most_entries - 2;
  for (std::size_t i = old.size(); i-- > 0;) {  // of a set the first one last, as it came
    if (old[i].high == 0) continue;
    const piece_key key{old[i].low, old[i].high & key_bits};
    remember(key, key.hash(), old[i].high >> count_shift);
  }
  longs_.grow(most_long_entries);
}

std::size_t piece_cache::learn(const byte* p, std::size_t length, const piece_key& key,
                               std::uint64_t hash, cutting parts) {
  note_unknown();
  const token_id id = length <= short_token_index::longest ? words_.shorts().find(key, hash)
                                                           : words_.find(p, length);
  const std::size_t count = id != no_token ? 1 : count_anew(p, length, parts);
  remember(key, hash, count);
  return count;
}

std::size_t piece_cache::count_longer(const byte* p, std::size_t length) {
  // Texts without spaces come in endless combinations of characters, but their parts do not.
  if (is_ideographic(p, length)) return count_segments(p, length, piece_is::new_here);
  return count_middle(p, length, cutting::allowed);
}

std::size_t piece_cache::count_middle(const byte* p, std::size_t length, cutting parts) {
  if (length <= long_key<4>::longest) return count_in(longs_, p, length, parts);
  if (length <= long_key<8>::longest) return count_in(longest_, p, length, parts);
  return words_.find(p, length) != no_token ? 1 : count_anew(p, length, parts);
}

template <class Table>
std::size_t piece_cache::count_in(Table& table, const byte* p, std::size_t length, cutting parts) {
  const typename Table::key key(p, length);
  const std::uint64_t hash = key.hash();
  if (const std::uint64_t known = table.find(key, hash)) return known;
  note_unknown();
  const std::size_t count = words_.find(p, length) != no_token ? 1 : count_anew(p, length, parts);
  table.remember(key, hash, count);
  return count;
}

/// Of a piece that is no token.
std::size_t piece_cache::count_anew(const byte* p, std::size_t length, cutting parts) {
  if (length < 4) return count_three(words_, p, length);
  if (length == 4) return count_four(words_, p);
  const bool is_wide = p[0] >= 0x80 || (length > 1 && p[1] >= 0x80);
  return is_wide && parts == cutting::allowed ? count_segments(p, length, piece_is::unknown)
                                              : merge_piece(words_, merge_, p, length, nullptr);
}

/// Cuts a piece where no token reaches over.
std::size_t piece_cache::count_segments(const byte* p, std::size_t length, piece_is whole) {
  const byte* const end = p + length;
  const byte* const begin = p;
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
  if (segment == begin && whole == piece_is::unknown) {
    return merge_piece(words_, merge_, begin, length, nullptr);
  }
  return count + count_segment(segment, static_cast<std::size_t>(end - segment));
}

std::size_t piece_cache::count_segment(const byte* p, std::size_t length) {
  if (length == length_of(*p) && length < 4) return count_character(p, length);
  if (length <= piece_key::longest) {
    const piece_key key = key_of(p, length);
    const std::uint64_t hash = key.hash();
    if (const std::uint64_t known = find(key, hash)) return known;
    return learn(p, length, key, hash, cutting::done);
  }
  return count_middle(p, length, cutting::done);
}

std::size_t piece_cache::count_character(const byte* p, std::size_t length) {
  std::uint8_t& count = characters_[code_point(p)];
  if (count == 0) {
    count = static_cast<std::uint8_t>(merge_piece(words_, merge_, p, length, nullptr));
  }
  return count;
}

}  // namespace batchmill::tokens
