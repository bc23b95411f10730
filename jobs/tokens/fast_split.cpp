#include "jobs/tokens/fast_split.hpp"

#include <cstring>

#include "jobs/tokens/fast_window.hpp"

namespace batchmill::tokens {

#ifdef BATCHMILL_HAS_FAST_SPLIT

namespace {

using namespace fast;

// So far behind the beginning of a window its pieces are read: the last one's first 14 bytes are
// read as 16.
constexpr std::size_t reach = window + 16;

/// As key_of, but reads 16 bytes.
BATCHMILL_FAST_INLINE piece_key wide_key_of(const byte* p, std::size_t length) {
  alignas(32) static constexpr byte kept[32] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                                0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i mask = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kept + 16 - length));
  const __m128i key = _mm_and_si128(bytes, mask);
  return {static_cast<std::uint64_t>(_mm_cvtsi128_si64(key)),
          static_cast<std::uint64_t>(_mm_extract_epi64(key, 1)) | std::uint64_t{length}
                                                                      << piece_key::length_shift};
}

/// Counts pieces. Those that the cache does not know wait for others: the tables of the vocabulary
/// are large, and come from memory for several as fast as for one.
struct counter {
  struct unknown_piece {
    const byte* p;
    std::size_t length;
    piece_key key;
    std::uint64_t hash;
  };
  static constexpr std::size_t most_unknown = 16;

  piece_cache& cache;
  std::size_t count = 0;
  std::size_t unknown = 0;
  unknown_piece waiting[most_unknown];

  explicit counter(piece_cache& c) : cache(c) {}

  /// 16 bytes may be read at `p`.
  BATCHMILL_FAST_INLINE void padded_piece(const byte* p, std::size_t length) {
    if (length > piece_key::longest) [[unlikely]] {
      count += cache.count_longer(p, length);
      return;
    }
    const piece_key key = wide_key_of(p, length);
    const std::uint64_t hash = key.hash();
    const std::uint64_t known = cache.find(key, hash);
    count += known;
    if (known == 0) [[unlikely]]
      wait({p, length, key, hash});
  }

  void wait(const unknown_piece& piece) {
    cache.expect(piece.hash);
    waiting[unknown++] = piece;
    if (unknown == most_unknown) settle();
  }

  /// To be called while the text is still there.
  void settle() {
    for (std::size_t i = 0; i < unknown; ++i) {
      const unknown_piece& w = waiting[i];
      count += cache.learn(w.p, w.length, w.key, w.hash);
    }
    unknown = 0;
  }
};

struct collector {
  std::vector<std::size_t>& ends;
  std::size_t at = 0;

  void padded_piece(const byte*, std::size_t length) { ends.push_back(at += length); }
  void settle() {}
};

/// Would a window be of no use here? Not where one of the next characters is of a script that it
/// does not know. Five bytes may be read.
BATCHMILL_FAST_INLINE bool is_unknown_near(const byte* p) {
  std::uint32_t first;
  std::memcpy(&first, p, sizeof first);
  const std::uint32_t wide = first & 0x80808080;
  return wide != 0 && !may_be_known(p + _tzcnt_u32(wide) / 8);
}

/// Takes pieces from `p` as long as `most` bytes are left, of which reach may be read. Returns
/// where it has come to; null when a byte is broken.
template <split_pattern P, class Sink>
BATCHMILL_FAST const byte* take_pieces(const byte* p, const byte* end, std::size_t least,
                                       Sink& sink) {
  bool broken = false;
  while (p < end && static_cast<std::size_t>(end - p) >= least) {
    window_view v{.p = p, .left = static_cast<std::size_t>(end - p), .is = {}};
    const bool is_seen = !is_unknown_near(p) && look(v);
    mask begins = is_seen ? begins_of_pieces<P>(v) & v.valid & ~mask{1} : 0;
    if (begins == 0 && !v.at_end) {
      const byte* const next = piece_end<P>(p, end, broken);
      if (broken) return nullptr;
      sink.padded_piece(p, static_cast<std::size_t>(next - p));
      p = next;
      continue;
    }
    unsigned from = 0;
    for (; begins; begins &= begins - 1) {
      const unsigned to = lowest(begins);
      sink.padded_piece(p + from, to - from);
      from = to;
    }
    if (v.at_end) {
      sink.padded_piece(p + from, v.left - from);
      return end;
    }
    p += from;
  }
  return p;
}

/// The last bytes are copied to where more may be read behind them: a piece depends on nothing
/// before it.
template <split_pattern P, class Sink>
bool take_all(std::string_view text, Sink& sink) {
  const byte* const end = bytes_of(text) + text.size();
  const byte* const p = take_pieces<P>(bytes_of(text), end, reach, sink);
  sink.settle();
  if (!p) return false;
  byte rest[2 * reach] = {};
  const auto left = static_cast<std::size_t>(end - p);
  if (left == 0) return true;
  std::memcpy(rest, p, left);
  const bool valid = take_pieces<P>(rest, rest + left, 1, sink) != nullptr;
  sink.settle();
  return valid;
}

template <class Sink>
bool take_all(split_pattern pattern, std::string_view text, Sink& sink) {
  switch (pattern) {
    case split_pattern::r50k:
      return take_all<split_pattern::r50k>(text, sink);
    case split_pattern::cl100k:
      return take_all<split_pattern::cl100k>(text, sink);
    default:
      return take_all<split_pattern::o200k>(text, sink);
  }
}

}  // namespace

bool can_split_fast() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2");
}

bool count_fast(split_pattern pattern, std::string_view text, piece_cache& cache,
                std::size_t& count) {
  counter sink(cache);
  const bool valid = take_all(pattern, text, sink);
  count += sink.count;
  return valid;
}

bool split_fast(split_pattern pattern, std::string_view text, std::vector<std::size_t>& ends) {
  collector sink{ends};
  return take_all(pattern, text, sink);
}

#else

bool can_split_fast() {
  return false;
}

bool count_fast(split_pattern, std::string_view, piece_cache&, std::size_t&) {
  return false;
}

bool split_fast(split_pattern, std::string_view, std::vector<std::size_t>&) {
  return false;
}

#endif

}  // namespace batchmill::tokens
