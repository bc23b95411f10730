#include "jobs/tokens/split.hpp"

namespace batchmill::tokens {

namespace {

using enum character_class;

bool is_newline(byte b) {
  return b == '\n' || b == '\r';
}

bool is_letter(character_class c) {
  return c == upper || c == lower || c == letter;
}

bool is_punctuation(character_class c) {
  return c == other || c == mark;
}

/// Of the two classes of o200k: {Lu Lt Lm Lo M} is the first, {Ll Lm Lo M} the second.
bool is_in_both(character_class c) {
  return c == letter || c == mark;
}

/// Reads characters and remembers whether one was broken.
class reader {
 public:
  reader(const byte* end, bool& broken) : end_(end), broken_(broken) {}

  character at(const byte* p) {
    const character c = character_at(p, end_);
    if (c.kind == character_class::broken) broken_ = true;
    return c;
  }

  /// Past the characters of which `wanted` is true.
  template <class Wanted>
  const byte* skip(const byte* p, Wanted wanted) {
    while (p < end_) {
      const character c = at(p);
      if (!wanted(c.kind)) break;
      p += c.length;
    }
    return p;
  }

  const byte* end() const { return end_; }

 private:
  const byte* end_;
  bool& broken_;
};

/// \p{N}{1,3}
const byte* numbers_end(reader& text, const byte* p) {
  for (int n = 0; n < 3 && p < text.end(); ++n) {
    const character c = text.at(p);
    if (c.kind != number) break;
    p += c.length;
  }
  return p;
}

/// ` ?[^\s\p{L}\p{N}]+` and then any of \r \n, and of `also`; null where that does not match.
const byte* punctuation_end(reader& text, const byte* p, byte also) {
  const byte* const first = *p == ' ' ? p + 1 : p;
  const byte* q = text.skip(first, is_punctuation);
  if (q == first) return nullptr;
  while (q < text.end() && (is_newline(*q) || *q == also)) ++q;
  return q;
}

struct space_run {
  const byte* end;
  const byte* last;           // its last character
  const byte* after_newline;  // past its last \r or \n; null without one
};

space_run spaces_at(reader& text, const byte* p) {
  space_run run{p, p, nullptr};
  while (run.end < text.end()) {
    const character c = text.at(run.end);
    if (c.kind != space) break;
    run.last = run.end;
    run.end += c.length;
    if (is_newline(*run.last)) run.after_newline = run.end;
  }
  return run;
}

/// `\s+(?!\S)|\s`: all of the run at the end of the text, else all but its last character.
const byte* plain_spaces_end(const reader& text, const byte* p, const space_run& run) {
  return run.end == text.end() || run.last == p ? run.end : run.last;
}

/// The two word alternatives of o200k, `[A]*[B]+` and then `[A]+[B]*`, without their prefix and
/// contraction.
struct word {
  const byte* end;  // null: neither matches
  bool has_second;  // the first alternative, so with at least one of the second class
};

/// What a regular expression finds by going back: over the first class, remembering the last
/// character that is in both; then either the second class begins, or what was remembered ends it.
word word_at(reader& text, const byte* p) {
  const byte* both_end = nullptr;
  const byte* q = p;
  while (q < text.end()) {
    const character c = text.at(q);
    if (c.kind == lower) {
      const auto second = [](character_class k) { return k == lower || is_in_both(k); };
      return {text.skip(q, second), true};
    }
    if (c.kind != upper && !is_in_both(c.kind)) break;
    q += c.length;
    if (is_in_both(c.kind)) both_end = q;
  }
  if (both_end) return {both_end, true};
  return {q == p ? nullptr : q, false};
}

const byte* with_contraction(const reader& text, const byte* p) {
  return p + contraction_length(p, text.end());
}

/// The word at `p` with the character before it, if it may have one; null without a word.
const byte* o200k_word_end(reader& text, const byte* p, character first) {
  if (is_letter(first.kind)) return with_contraction(text, word_at(text, p).end);
  if (is_newline(*p)) return nullptr;
  const word prefixed = word_at(text, p + first.length);
  if (prefixed.has_second) return with_contraction(text, prefixed.end);
  // A mark is a word of its own before it is the prefix of capitals.
  if (first.kind == mark) return with_contraction(text, p + first.length);
  return prefixed.end ? with_contraction(text, prefixed.end) : nullptr;
}

const byte* o200k_end(reader& text, const byte* p) {
  const character first = text.at(p);
  if (first.kind == number) return numbers_end(text, p);
  if (const byte* end = o200k_word_end(text, p, first)) return end;
  if (const byte* end = punctuation_end(text, p, '/')) return end;
  const space_run run = spaces_at(text, p);
  return run.after_newline ? run.after_newline : plain_spaces_end(text, p, run);
}

const byte* cl100k_end(reader& text, const byte* p) {
  if (const auto length = contraction_length(p, text.end())) return p + length;
  const character first = text.at(p);
  if (first.kind == number) return numbers_end(text, p);
  const byte* const letters = is_letter(first.kind) || is_newline(*p) ? p : p + first.length;
  if (const byte* end = text.skip(letters, is_letter); end != letters) return end;
  if (const byte* end = punctuation_end(text, p, '\n')) return end;
  const space_run run = spaces_at(text, p);
  if (run.end == text.end() || !run.after_newline) return plain_spaces_end(text, p, run);
  return run.after_newline;
}

/// 's 't 'm 'd 're 've 'll, in lower case only.
std::uint32_t lower_contraction(const byte* p, const byte* end) {
  if (*p != '\'' || (end - p > 1 && p[1] < 'a')) return 0;
  const std::uint32_t length = contraction_length(p, end);
  return length == 3 && (p[2] < 'a' || p[2] > 'z') ? 0 : length;
}

const byte* r50k_end(reader& text, const byte* p) {
  if (const auto length = lower_contraction(p, text.end())) return p + length;
  const byte* const first = *p == ' ' && p + 1 < text.end() ? p + 1 : p;
  const character_class kind = text.at(first).kind;
  if (is_letter(kind)) return text.skip(first, is_letter);
  if (kind == number) return text.skip(first, [](character_class c) { return c == number; });
  if (kind != space) return text.skip(first, is_punctuation);
  return plain_spaces_end(text, p, spaces_at(text, p));
}

}  // namespace

std::uint32_t contraction_length(const byte* p, const byte* end) {
  if (end - p < 2 || *p != '\'') return 0;
  const auto a = static_cast<byte>(p[1] | 0x20);
  if (a == 's' || a == 't' || a == 'm' || a == 'd') return 2;
  if (end - p < 3) return 0;
  if (p[1] == 0xC5 && p[2] == 0xBF) return 3;
  const auto b = static_cast<byte>(p[2] | 0x20);
  return (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l') ? 3 : 0;
}

template <split_pattern P>
const byte* piece_end(const byte* p, const byte* end, bool& broken) {
  reader text(end, broken);
  const byte* found = nullptr;
  if constexpr (P == split_pattern::o200k) found = o200k_end(text, p);
  if constexpr (P == split_pattern::cl100k) found = cl100k_end(text, p);
  if constexpr (P == split_pattern::r50k) found = r50k_end(text, p);
  // Only a broken byte is in no alternative.
  return found == p ? p + 1 : found;
}

template const byte* piece_end<split_pattern::r50k>(const byte*, const byte*, bool&);
template const byte* piece_end<split_pattern::cl100k>(const byte*, const byte*, bool&);
template const byte* piece_end<split_pattern::o200k>(const byte*, const byte*, bool&);

}  // namespace batchmill::tokens
