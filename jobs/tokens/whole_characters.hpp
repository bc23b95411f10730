// Where merging may begin with a whole character instead of its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "jobs/tokens/pair_table.hpp"
#include "jobs/tokens/utf8.hpp"

namespace batchmill::tokens {

/// A character that is a token is merged before anything else takes a part of it, unless a token of
/// lower rank has that part and a neighbour's. Such tokens are known by the bytes on both sides of
/// the place between the two characters.
class whole_characters {
 public:
  whole_characters() : tokens_(0x10000, no_token), cutting_(std::size_t{1} << 16, no_token) {}

  /// Notes what this token is to characters.
  void add(std::string_view token, token_id id);

  /// The token of the character of `length` bytes at `p`, which is 2 or 3, within [begin, end);
  /// no_token where its bytes must be merged one by one.
  token_id find(const byte* begin, const byte* p, std::uint32_t length, const byte* end) const {
    const token_id whole = tokens_.data()[code_point(p)];
    const byte* const next = p + length;
    if (whole == no_token) return no_token;
    if (p != begin && cutting_.data()[place(p[-1], *p)] <= whole) return no_token;
    if (next != end && cutting_.data()[place(next[-1], *next)] <= whole) return no_token;
    return whole;
  }

  std::size_t memory() const { return (tokens_.size() + cutting_.size()) * sizeof(token_id); }

 private:
  static std::size_t place(byte left, byte right) { return std::size_t{left} << 8 | right; }

  std::vector<token_id> tokens_;   // by code point
  std::vector<token_id> cutting_;  // the lowest token that reaches over here and cuts a character
};

}  // namespace batchmill::tokens
