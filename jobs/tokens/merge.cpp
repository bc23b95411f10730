#include "jobs/tokens/merge.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#define BATCHMILL_AVX2 1
#include <immintrin.h>
#endif

namespace batchmill::tokens {

namespace {

// Ranks are kept in one array with their places, rank << 8 | place, so that the smallest number is
// the next merge. Merged tokens stay where the left one was; the right one's place is skipped.
// Places that are padding or gone have `none`.
constexpr std::uint32_t none = 0xFFFFFFFF;
constexpr std::uint32_t lanes = 8;

struct merge_state {
  std::uint32_t ranks[longest_merge + lanes];
  std::uint8_t next[longest_merge + lanes];
  std::uint8_t previous[longest_merge + lanes];
};

[[gnu::always_inline]] inline std::uint32_t ranked(token_id merged, std::uint32_t place) {
  return merged == no_token ? none : merged << 8 | place;
}

[[gnu::always_inline]] inline std::uint32_t lowest_place(std::uint32_t bits) {
  return static_cast<std::uint32_t>(std::countr_zero(bits));
}

[[gnu::always_inline]] inline std::uint32_t highest_place(std::uint32_t bits) {
  return 31 - static_cast<std::uint32_t>(std::countl_zero(bits));
}

/// Writes what merging begins with to `ids`: bytes, and whole characters where that is the same.
[[gnu::always_inline]] inline std::uint32_t first_ids(const vocabulary& words, const byte* p,
                                                      std::uint32_t n, token_id* ids) {
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < n;) {
    const std::uint32_t length = length_of(p[i]);
    token_id id = no_token;
    if (p[i] >= 0xC0 && length < 4 && i + length <= n) {
      id = words.characters().find(p, p + i, length, p + n);
    }
    ids[count++] = id == no_token ? words.of_byte(p[i]) : id;
    i += id == no_token ? 1 : length;
  }
  return count;
}

/// `count` ids of `n` bytes.
[[gnu::always_inline]] inline void begin(const vocabulary& words, const byte* p, std::uint32_t n,
                                         const token_id* ids, std::uint32_t count, merge_state& s) {
  for (std::uint32_t i = 0; i + 1 < count; ++i) {
    const token_id merged =
        count == n ? words.of_two_bytes(p[i], p[i + 1]) : words.merged(ids[i], ids[i + 1]);
    s.ranks[i] = ranked(merged, i);
  }
  for (std::uint32_t i = count - 1; i < count + lanes; ++i) s.ranks[i] = none;
  for (std::uint32_t i = 0; i < count; ++i) {
    s.next[i] = static_cast<std::uint8_t>(i + 1);
    s.previous[i] = static_cast<std::uint8_t>(i - 1);
  }
}

/// Merges the tokens that `smallest` names.
[[gnu::always_inline]] inline void merge_at(const vocabulary& words, std::uint32_t smallest,
                                            std::uint32_t n, token_id* ids, merge_state& s) {
  const std::uint32_t at = smallest & 0xFF;
  const token_id merged = smallest >> 8;
  const std::uint32_t gone = s.next[at];
  const std::uint32_t right = s.next[gone];
  ids[at] = merged;
  s.next[at] = static_cast<std::uint8_t>(right);
  s.ranks[gone] = none;
  s.ranks[at] = none;
  if (right < n) {
    s.previous[right] = static_cast<std::uint8_t>(at);
    s.ranks[at] = ranked(words.merged(merged, ids[right]), at);
  }
  if (at > 0) {
    const std::uint32_t left = s.previous[at];
    s.ranks[left] = ranked(words.merged(ids[left], merged), left);
  }
}

[[gnu::always_inline]] inline std::uint32_t gather(std::uint32_t n, token_id* ids,
                                                   const merge_state& s) {
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < n; i = s.next[i]) ids[count++] = ids[i];
  return count;
}

#ifdef BATCHMILL_AVX2
/// Of so many registers the smallest number in any lane.
template <std::size_t Registers>
[[gnu::target("avx2"), gnu::always_inline]] inline std::uint32_t smallest_in(const __m256i* ranks) {
  __m256i eight = ranks[0];
  for (std::size_t i = 1; i < Registers; ++i) eight = _mm256_min_epu32(eight, ranks[i]);
  __m128i four = _mm_min_epu32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
  four = _mm_min_epu32(four, _mm_shuffle_epi32(four, 0x4E));
  four = _mm_min_epu32(four, _mm_shuffle_epi32(four, 0xB1));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(four));
}

/// Most pieces are short: their ranks stay in registers, where a change does not wait for memory,
/// and a bit for each place says whether a token begins there.
template <std::size_t Registers>
[[gnu::target("avx2"), gnu::always_inline]] inline std::uint32_t merge_few(
    const vocabulary& words, const byte* p, std::uint32_t n, token_id* ids, std::uint32_t count) {
  alignas(32) std::uint32_t first[Registers * lanes];
  std::fill(std::begin(first), std::end(first), none);
  for (std::uint32_t i = 0; i + 1 < count; ++i) {
    const token_id merged =
        count == n ? words.of_two_bytes(p[i], p[i + 1]) : words.merged(ids[i], ids[i + 1]);
    first[i] = ranked(merged, i);
  }
  __m256i ranks[Registers];
  std::memcpy(ranks, first, sizeof first);
  const auto put = [&](std::uint32_t place, std::uint32_t rank)
      __attribute__((target("avx2"), always_inline)) {
    const __m256i all = _mm256_set1_epi32(static_cast<int>(rank));
    const __m256i at = _mm256_set1_epi32(static_cast<int>(place));
    __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (std::size_t i = 0; i < Registers; ++i) {
      ranks[i] = _mm256_blendv_epi8(ranks[i], all, _mm256_cmpeq_epi32(lane, at));
      lane = _mm256_add_epi32(lane, _mm256_set1_epi32(lanes));
    }
  };
  std::uint32_t begins = (std::uint32_t{2} << (count - 1)) - 1;
  for (;;) {
    const std::uint32_t smallest = smallest_in<Registers>(ranks);
    if (smallest == none) break;
    const std::uint32_t at = smallest & 0xFF;
    const token_id merged = smallest >> 8;
    const std::uint32_t behind = begins & (~std::uint32_t{1} << at);
    const std::uint32_t left = begins & ((std::uint32_t{1} << at) - 1);
    const std::uint32_t right = behind & (behind - 1);
    begins ^= behind ^ right;
    ids[at] = merged;
    put(lowest_place(behind), none);
    put(at, right ? ranked(words.merged(merged, ids[lowest_place(right)]), at) : none);
    if (left) {
      const std::uint32_t before = highest_place(left);
      put(before, ranked(words.merged(ids[before], merged), before));
    }
  }
  std::uint32_t kept = 0;
  for (; begins; begins &= begins - 1) ids[kept++] = ids[lowest_place(begins)];
  return kept;
}

[[gnu::target("avx2")]] std::uint32_t merge_avx2(const vocabulary& words, const byte* p,
                                                 std::uint32_t length, token_id* ids) {
  const std::uint32_t n = first_ids(words, p, length, ids);
  if (n <= lanes) return merge_few<1>(words, p, length, ids, n);
  if (n <= 2 * lanes) return merge_few<2>(words, p, length, ids, n);
  merge_state s;
  begin(words, p, length, ids, n, s);
  for (;;) {
    const auto* const blocks = reinterpret_cast<const __m256i*>(s.ranks);
    __m256i eight = _mm256_loadu_si256(blocks);
    for (std::uint32_t i = 1; i * lanes < n; ++i) {
      eight = _mm256_min_epu32(eight, _mm256_loadu_si256(blocks + i));
    }
    __m128i four = _mm_min_epu32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
    four = _mm_min_epu32(four, _mm_shuffle_epi32(four, 0x4E));
    four = _mm_min_epu32(four, _mm_shuffle_epi32(four, 0xB1));
    const auto smallest = static_cast<std::uint32_t>(_mm_cvtsi128_si32(four));
    if (smallest == none) return gather(n, ids, s);
    merge_at(words, smallest, n, ids, s);
  }
}
#endif

/// Tokens of a long piece, from left to right, and how many bytes of it they stand for.
struct window {
  std::vector<token_id> ids;
  std::size_t width = 0;
};

/// Encodes a long piece window by window. A window's tokens are those of the piece up to some place
/// near its end. The next window begins at one of its tokens, and when its own first token is that
/// same one, the tokens left of there and those of the next window are together the encoding: each
/// pair of neighbours among them is one that merging leaves alone, and only one encoding has that.
class long_piece {
 public:
  long_piece(const vocabulary& words, merge_function merge, const byte* p, std::size_t length,
             std::vector<token_id>* out)
      : words_(words), merge_(merge), p_(p), left_(length), out_(out) {}

  std::size_t encode() {
    open(here_, p_, std::min(left_, longest_merge));
    while (here_.width < left_) {
      skip_repeats();
      if (!step()) open(here_, p_, std::min(left_, here_.width * 2));
    }
    emit(here_.ids.size(), 1);
    return count_;
  }

 private:
  void open(window& w, const byte* p, std::size_t width) {
    w.width = width;
    if (width > longest_merge) {
      w.ids = merge_with_heap(words_, p, width);
      return;
    }
    w.ids.resize(longest_merge);
    w.ids.resize(merge_(words_, p, static_cast<std::uint32_t>(width), w.ids.data()));
  }

  /// The first `tokens` of this window, so many times over, are in the encoding.
  void emit(std::size_t tokens, std::size_t times) {
    count_ += tokens * times;
    if (!out_) return;
    for (; times > 0; --times) {
      out_->insert(out_->end(), here_.ids.begin(),
                   here_.ids.begin() + static_cast<std::ptrdiff_t>(tokens));
    }
  }

  void advance(std::size_t bytes) {
    p_ += bytes;
    left_ -= bytes;
  }

  /// Goes on at a window that begins in the second half of this one. False when none of those that
  /// were tried begins with the token that this one has there.
  bool step() {
    std::size_t at = here_.ids.size() - 1;
    std::size_t start = here_.width - words_.length(here_.ids[at]);
    const auto back = [&] { start -= words_.length(here_.ids[--at]); };
    while (at > 1 && start > here_.width * 2 / 3) back();
    for (int tries = 4; tries > 0 && at > 0; --tries, back()) {
      const std::size_t width = std::max(longest_merge, here_.width / 2);
      open(next_, p_ + start, std::min(left_ - start, width));
      if (next_.ids.front() != here_.ids[at]) continue;
      emit(at, 1);
      advance(start);
      std::swap(here_, next_);
      return true;
    }
    return false;
  }

  /// Where the text repeats itself and the tokens do so too, windows further on are equal to this
  /// one and need not be opened: a million of one letter cost no more than a thousand.
  void skip_repeats() {
    std::size_t period = 0;
    for (std::size_t tokens = 1; tokens <= 4 && tokens < here_.ids.size(); ++tokens) {
      period += words_.length(here_.ids[tokens - 1]);
      if (here_.ids[tokens] != here_.ids[0]) continue;
      const byte* const end = p_ + left_;
      const auto differs = std::mismatch(p_, end - period, p_ + period);
      const auto same = static_cast<std::size_t>(differs.second - p_);
      if (same < here_.width + period) continue;
      const std::size_t times = (same - here_.width) / period;
      emit(tokens, times);
      advance(times * period);
      return;
    }
  }

  const vocabulary& words_;
  merge_function merge_;
  const byte* p_;
  std::size_t left_;
  std::vector<token_id>* out_;
  std::size_t count_ = 0;
  window here_;
  window next_;
};

}  // namespace

std::uint32_t merge_scalar(const vocabulary& words, const byte* p, std::uint32_t length,
                           token_id* ids) {
  const std::uint32_t n = first_ids(words, p, length, ids);
  merge_state s;
  begin(words, p, length, ids, n, s);
  for (;;) {
    const std::uint32_t smallest = *std::min_element(s.ranks, s.ranks + n);
    if (smallest == none) return gather(n, ids, s);
    merge_at(words, smallest, n, ids, s);
  }
}

merge_function fastest_merge() {
#ifdef BATCHMILL_AVX2
  if (__builtin_cpu_supports("avx2")) return merge_avx2;
#endif
  return merge_scalar;
}

std::size_t merge_piece(const vocabulary& words, merge_function merge, const byte* p,
                        std::size_t length, std::vector<token_id>* out) {
  if (length > longest_merge) return long_piece(words, merge, p, length, out).encode();
  token_id ids[longest_merge];
  const std::uint32_t count = merge(words, p, static_cast<std::uint32_t>(length), ids);
  if (out) out->insert(out->end(), ids, ids + count);
  return count;
}

}  // namespace batchmill::tokens
