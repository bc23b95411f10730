#include "jobs/fine_tuning/raw_text.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>

#include "batchmill/json_text.hpp"

namespace batchmill::fine_tuning {

namespace {

/// How long is the escape at the beginning of `text`?
std::size_t escape_length(std::string_view text) {
  return std::min<std::size_t>(text.size(), text.substr(1, 1) == "u" ? 6 : 2);
}

/// Lower case, digits, and all that is not ASCII; 0 for the rest.
constexpr auto letter_of = [] {
  std::array<char, 256> table{};
  for (int c = 0; c < 256; ++c) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
    table[static_cast<std::size_t>(c)] = static_cast<char>(upper ? c + 32 : kept ? c : 0);
  }
  return table;
}();

/// The first characters, unescaped, in lower case, with plain apostrophes.
std::string plain_beginning(std::string_view contents) {
  std::string text = beginning_of(contents, 160);
  for (std::size_t at = 0; (at = text.find("\xE2\x80\x99", at)) != std::string::npos;) {
    text.replace(at, 3, "'");
  }
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

template <std::size_t N>
bool begins_with_any(std::string_view text, const std::array<std::string_view, N>& beginnings) {
  return std::ranges::any_of(
      beginnings, [&](std::string_view beginning) { return text.starts_with(beginning); });
}

template <std::size_t N>
bool holds_any(std::string_view text, const std::array<std::string_view, N>& parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

constexpr auto regrets =
    std::to_array<std::string_view>({"i'm sorry", "i am sorry", "sorry,", "sorry, but",
                                     "unfortunately", "i apologize", "i'm afraid", "my apologies"});
constexpr auto inabilities =
    std::to_array<std::string_view>({"i can't ", "i cannot ", "unable to", "not able to",
                                     "can't assist", "can't help", "cannot help", "cannot assist"});
constexpr auto refusals = std::to_array<std::string_view>(
    {"i can't help", "i cannot help", "i can't assist", "i cannot assist", "i can't provide",
     "i cannot provide", "i can't fulfill", "i cannot fulfill", "i can't comply", "i cannot comply",
     "i can't answer", "i cannot answer", "i'm unable to", "i am unable to", "i'm not able to",
     "i am not able to", "as an ai"});

}  // namespace

std::string_view contents_of(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"') return raw;
  return raw.substr(1, raw.size() - 2);
}

bool is_blank(std::string_view contents) {
  while (!contents.empty()) {
    const char c = contents.front();
    if (c == '\\') {
      const std::string_view escape = contents.substr(0, escape_length(contents));
      if (escape != "\\n" && escape != "\\t" && escape != "\\r" && escape != "\\u00a0" &&
          escape != "\\u00A0" && escape != "\\f") {
        return false;
      }
      contents.remove_prefix(escape.size());
    } else if (c == ' ') {
      contents.remove_prefix(1);
    } else if (contents.starts_with("\xC2\xA0")) {
      contents.remove_prefix(2);
    } else {
      return false;
    }
  }
  return true;
}

std::string beginning_of(std::string_view contents, std::size_t most) {
  std::size_t end = 0;
  for (std::size_t n = 0; end < contents.size() && n < most; ++n) {
    if (contents[end] == '\\') {
      end += escape_length(contents.substr(end));
    } else {
      ++end;
      while (end < contents.size() && (static_cast<unsigned char>(contents[end]) & 0xC0) == 0x80) {
        ++end;
      }
    }
  }
  std::string text;
  text.append("\"").append(contents.substr(0, end)).append("\"");
  text = json::unquote(text).value_or("");
  return end < contents.size() ? text + "..." : text;
}

bool is_refusal(std::string_view contents) {
  if (contents.empty()) return false;
  const char first = static_cast<char>(contents.front() | 0x20);
  if (first != 'i' && first != 's' && first != 'u' && first != 'a' && first != 'm') return false;
  const std::string text = plain_beginning(contents);
  if (begins_with_any(text, refusals)) return true;
  return begins_with_any(text, regrets) && holds_any(text, inabilities);
}

std::uint64_t word_hasher::hash(std::string_view contents) {
  if (letters_.size() < contents.size()) letters_.resize(contents.size());
  char* out = letters_.data();
  const char* p = contents.data();
  const char* const end = p + contents.size();
  while (p != end) {
    const char* const stop = json::detail::best_scan::quote_or_backslash(p, end);
    for (; p != stop; ++p) {
      *out = letter_of[static_cast<unsigned char>(*p)];
      out += *out != 0 ? 1 : 0;
    }
    if (p == end) break;
    p += escape_length(std::string_view(p, static_cast<std::size_t>(end - p)));
  }
  length_ = static_cast<std::size_t>(out - letters_.data());
  return hash_of(letters());
}

std::uint64_t hash_of(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace batchmill::fine_tuning
