#include "jobs/tokens/halves.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "jobs/tokens/utf8.hpp"

namespace batchmill::tokens {

namespace {

[[noreturn]] void refuse() {
  throw std::runtime_error("this is no table of token ranks");
}

/// What is left of these bytes when all is merged that can be.
std::vector<token_id> merge_plainly(std::string_view bytes, const token_id* of_byte,
                                    const pair_table& pairs) {
  std::vector<token_id> ids;
  for (const char c : bytes) ids.push_back(of_byte[static_cast<byte>(c)]);
  for (;;) {
    token_id best = no_token;
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      const token_id merged = pairs.find(ids[i], ids[i + 1]);
      if (merged < best) best = merged, at = i;
    }
    if (best == no_token) return ids;
    ids[at] = best;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

}  // namespace

std::vector<token_halves> halves_of(std::span<const std::string> ranks) {
  if (ranks.size() >= std::size_t{1} << pair_table::id_bits) refuse();
  token_id of_byte[256];
  std::fill(std::begin(of_byte), std::end(of_byte), no_token);
  for (token_id id = 0; id < ranks.size(); ++id) {
    if (ranks[id].size() == 1) of_byte[static_cast<byte>(ranks[id][0])] = id;
  }
  if (std::find(std::begin(of_byte), std::end(of_byte), no_token) != std::end(of_byte)) refuse();
  pair_table pairs(ranks.size());
  std::vector<token_halves> halves(ranks.size());
  for (token_id id = 0; id < ranks.size(); ++id) {
    if (ranks[id].empty()) continue;
    if (ranks[id].size() == 1) {
      halves[id].left = static_cast<byte>(ranks[id][0]);
      continue;
    }
    if (ranks[id].size() > longest_token) refuse();
    const std::vector<token_id> two = merge_plainly(ranks[id], of_byte, pairs);
    if (two.size() != 2) refuse();
    halves[id] = {two[0], two[1]};
    pairs.add(two[0], two[1], id);
  }
  return halves;
}

}  // namespace batchmill::tokens
