#include "jobs/tokens/character_joints.hpp"

namespace batchmill::tokens {

namespace {

bool continues(byte b) {
  return (b & 0xC0) == 0x80;
}

}  // namespace

void character_joints::add(std::string_view token) {
  const byte* p = bytes_of(token);
  const byte* const end = p + token.size();
  if (p == end || (*p < 0x80 && token.size() == 1)) return;
  const byte* left = p;  // null when only the end of the left character is there
  while (p < end && continues(*p)) ++p;
  bool has_left = p != left;
  bool left_is_whole = false;
  while (p < end) {
    const bool is_whole = p + length_of(*p) <= end;
    if (has_left && left_is_whole && is_whole) {
      const std::size_t bit = pair_bit(code_point(left), code_point(p));
      pairs_[bit >> 6] |= std::uint64_t{1} << (bit & 63);
    } else if (has_left) {
      cut_[p[-1]][*p >> 6] |= std::uint64_t{1} << (*p & 63);
    }
    has_left = true;
    left_is_whole = is_whole;
    left = p;
    p = is_whole ? p + length_of(*p) : end;
  }
}

}  // namespace batchmill::tokens
