#include "jobs/tokens/whole_characters.hpp"

#include <algorithm>

namespace batchmill::tokens {

void whole_characters::add(std::string_view token, token_id id) {
  const byte* const begin = bytes_of(token);
  const byte* const end = begin + token.size();
  const bool is_one = token.size() == length_of(*begin) && !continues_character(*begin) &&
                      std::all_of(begin + 1, end, continues_character);
  if (is_one) {
    if (token.size() == 2 || token.size() == 3) tokens_[code_point(begin)] = id;
    return;
  }
  const auto note = [&](const byte* p) {
    token_id& lowest = cutting_[place(p[-1], *p)];
    lowest = std::min(lowest, id);
  };
  const byte* p = begin;
  while (p < end && continues_character(*p)) ++p;
  if (p > begin && p < end) note(p);  // begins with the end of a character
  const byte* last = end - 1;
  while (last > begin && continues_character(*last)) --last;
  const bool is_cut = last + length_of(*last) > end;  // ends with the beginning of one
  if (last > begin && is_cut) note(last);
}

}  // namespace batchmill::tokens
