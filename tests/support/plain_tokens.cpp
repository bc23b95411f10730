#include "tests/support/plain_tokens.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>

namespace batchmill::testing {

namespace {

using namespace tokens;
using enum character_class;

using predicate = bool (*)(char32_t);
constexpr std::size_t any_number = 1'000'000;

/// Part of an alternative: so many characters of a class, as many as can be.
struct part {
  predicate fits;
  std::size_t least;
  std::size_t most;
};

enum class ending { none, contraction, not_before_text, end_of_text };

struct alternative {
  std::vector<part> parts;
  ending at_end = ending::none;
};

character_class kind(char32_t c) {
  return class_of(c);
}
bool is_newline(char32_t c) {
  return c == '\r' || c == '\n';
}
bool is_newline_or_slash(char32_t c) {
  return is_newline(c) || c == '/';
}
bool is_letter(char32_t c) {
  return kind(c) == upper || kind(c) == lower || kind(c) == letter;
}
bool is_number(char32_t c) {
  return kind(c) == number;
}
bool is_space(char32_t c) {
  return kind(c) == space;
}
bool is_blank(char32_t c) {
  return c == ' ';
}
bool is_prefix(char32_t c) {
  return !is_newline(c) && !is_letter(c) && !is_number(c);
}
bool is_punctuation(char32_t c) {
  return !is_space(c) && !is_letter(c) && !is_number(c);
}
bool is_first(char32_t c) {
  return kind(c) == upper || kind(c) == letter || kind(c) == mark;
}
bool is_second(char32_t c) {
  return kind(c) == lower || kind(c) == letter || kind(c) == mark;
}
bool is_apostrophe(char32_t c) {
  return c == '\'';
}

template <char32_t Small, bool AnyCase>
bool is(char32_t c) {
  return c == Small || (AnyCase && (c == Small - 32 || (Small == 's' && c == 0x17F)));
}

template <bool AnyCase>
std::vector<alternative> contractions() {
  const part a{is_apostrophe, 1, 1};
  const auto one = [](predicate p) { return part{p, 1, 1}; };
  return {{{a, one(is<'s', AnyCase>)}},
          {{a, one(is<'d', AnyCase>)}},
          {{a, one(is<'m', AnyCase>)}},
          {{a, one(is<'t', AnyCase>)}},
          {{a, one(is<'l', AnyCase>), one(is<'l', AnyCase>)}},
          {{a, one(is<'v', AnyCase>), one(is<'e', AnyCase>)}},
          {{a, one(is<'r', AnyCase>), one(is<'e', AnyCase>)}}};
}

std::vector<alternative> alternatives_of(split_pattern pattern) {
  const part prefix{is_prefix, 0, 1};
  const part blank{is_blank, 0, 1};
  const part marks{is_punctuation, 1, any_number};
  const part spaces{is_space, 0, any_number};
  const part some_spaces{is_space, 1, any_number};
  if (pattern == split_pattern::o200k) {
    return {{{prefix, {is_first, 0, any_number}, {is_second, 1, any_number}}, ending::contraction},
            {{prefix, {is_first, 1, any_number}, {is_second, 0, any_number}}, ending::contraction},
            {{{is_number, 1, 3}}},
            {{blank, marks, {is_newline_or_slash, 0, any_number}}},
            {{spaces, {is_newline, 1, any_number}}},
            {{some_spaces}, ending::not_before_text},
            {{some_spaces}}};
  }
  std::vector<alternative> all;
  if (pattern == split_pattern::cl100k) {
    all = contractions<true>();
    all.push_back({{prefix, {is_letter, 1, any_number}}});
    all.push_back({{{is_number, 1, 3}}});
    all.push_back({{blank, marks, {is_newline, 0, any_number}}});
    all.push_back({{some_spaces}, ending::end_of_text});
    all.push_back({{spaces, {is_newline, 1, 1}}});
  } else {
    all = contractions<false>();
    all.push_back({{blank, {is_letter, 1, any_number}}});
    all.push_back({{blank, {is_number, 1, any_number}}});
    all.push_back({{blank, marks}});
    all.push_back({{some_spaces}, ending::end_of_text});
  }
  all.push_back({{some_spaces}, ending::not_before_text});
  all.push_back({{{is_space, 1, 1}}});
  return all;
}

class matcher {
 public:
  explicit matcher(std::u32string_view text) : text_(text) {}

  std::optional<std::size_t> match(const alternative& a, std::size_t at) const {
    return match(a, 0, at);
  }

 private:
  std::optional<std::size_t> match(const alternative& a, std::size_t index, std::size_t at) const {
    if (index == a.parts.size()) return finish(a.at_end, at);
    const part& p = a.parts[index];
    std::size_t count = 0;
    while (count < p.most && at + count < text_.size() && p.fits(text_[at + count])) ++count;
    for (; count + 1 > p.least; --count) {
      if (const auto end = match(a, index + 1, at + count)) return end;
      if (count == 0) break;
    }
    return std::nullopt;
  }

  std::optional<std::size_t> finish(ending e, std::size_t at) const {
    const bool at_end = at == text_.size();
    switch (e) {
      case ending::none:
        return at;
      case ending::end_of_text:
        return at_end ? std::optional(at) : std::nullopt;
      case ending::not_before_text:
        return at_end || is_space(text_[at]) ? std::optional(at) : std::nullopt;
      case ending::contraction:
        for (const alternative& c : contractions<true>()) {
          if (const auto end = match(c, at)) return end;
        }
        return at;
    }
    return std::nullopt;
  }

  std::u32string_view text_;
};

void append_utf8(std::string& text, char32_t c) {
  const auto add = [&](char32_t bits) { text += static_cast<char>(bits); };
  if (c < 0x80) return add(c);
  if (c < 0x800) {
    add(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      add(0xE0 | c >> 12);
    } else {
      add(0xF0 | c >> 18);
      add(0x80 | (c >> 12 & 0x3F));
    }
    add(0x80 | (c >> 6 & 0x3F));
  }
  add(0x80 | (c & 0x3F));
}

std::u32string decoded(std::string_view text) {
  std::u32string points;
  const byte* const end = bytes_of(text) + text.size();
  for (const byte* p = bytes_of(text); p < end; p += length_of(*p)) points += code_point(p);
  return points;
}

}  // namespace

std::vector<std::string> split_by_pattern(split_pattern pattern, std::string_view text) {
  const std::u32string points = decoded(text);
  const std::vector<alternative> alternatives = alternatives_of(pattern);
  const matcher m(points);
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < points.size();) {
    std::optional<std::size_t> end;
    for (const alternative& a : alternatives) {
      if ((end = m.match(a, at))) break;
    }
    pieces.emplace_back();
    for (; at < end.value(); ++at) append_utf8(pieces.back(), points[at]);
  }
  return pieces;
}

std::vector<token_id> merge_by_definition(const vocabulary& words, std::string_view piece) {
  std::vector<std::string> parts;
  for (const char c : piece) parts.emplace_back(1, c);
  const auto find = [&](const std::string& s) { return words.find(bytes_of(s), s.size()); };
  for (;;) {
    token_id best = no_token;
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const token_id id = find(parts[i] + parts[i + 1]);
      if (id < best) best = id, at = i;
    }
    if (best == no_token) break;
    parts[at] += parts[at + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
  std::vector<token_id> ids;
  for (const std::string& p : parts) ids.push_back(find(p));
  return ids;
}

vocabulary small_vocabulary() {
  std::vector<std::string> ranks;
  for (int b = 0; b < 256; ++b) ranks.emplace_back(1, static_cast<char>(255 - b));
  for (const char* token : {"ab",
                            "  ",
                            "aa",
                            "\xD0\xB0",
                            "abc",
                            "    ",
                            "bc",
                            "bca",
                            "cab",
                            "\xB0\xD0",
                            "aaaa",
                            "\xE4\xB8",
                            "\xE4\xB8\xAD",
                            "aab",
                            "\xD0\xB0\xD0\xB0",
                            "abcabc",
                            "ca",
                            "abab",
                            "                ",
                            "xy",
                            "zx",
                            "zxy",
                            "yz",
                            "xyz",
                            "the",
                            "th",
                            "he",
                            " the"}) {
    ranks.emplace_back(token);
  }
  // "th", "he" after "the" would leave no way to it, and so on: only what can be reached counts.
  std::vector<std::string> reachable;
  for (const std::string& token : ranks) {
    reachable.push_back(token);
    try {
      halves_of(reachable);
    } catch (const std::runtime_error&) {
      if (reachable.size() > 256) reachable.pop_back();
    }
  }
  return vocabulary(halves_of(reachable));
}

std::string mixed_text(std::size_t characters, unsigned seed) {
  std::mt19937 random(seed);
  // What decides between the alternatives, and two planes beyond.
  static constexpr char32_t points[] = {
      'a',    'b',    'c',    'x',    'y',    'z',    's',     't',     'r',     'e',    'l',
      'v',    'm',    'd',    'A',    'B',    'S',    'T',     'L',     'E',     ' ',    ' ',
      ' ',    '\t',   '\n',   '\n',   '\r',   '\'',   '\'',    '/',     '/',     '.',    '!',
      '-',    '0',    '1',    '9',    0x00,   0x7F,   0x85,    0xA0,    0xE9,    0xC9,   0x17F,
      0x1C5,  0x2B0,  0x301,  0x430,  0x410,  0x5D0,  0x660,   0x939,   0x93F,   0x1E9E, 0x2028,
      0x3000, 0x3042, 0x4E2D, 0xAC00, 0xFEFF, 0xFFFD, 0x10400, 0x1D7CE, 0x1F600, 0xE0100};
  std::string text;
  char32_t last = 'a';
  for (std::size_t i = 0; i < characters; ++i) {
    // Runs of one character, and mostly ASCII in some texts: all kinds of windows come up.
    if (random() % 4 > 0) {
      const bool any = random() % 64 < seed % 64;
      last = points[random() % (any ? std::size(points) : 37)];
    }
    append_utf8(text, last);
  }
  return text;
}

}  // namespace batchmill::testing
