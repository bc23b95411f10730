#include "jobs/tokens/vocabulary.hpp"

#include <algorithm>
#include <stdexcept>

namespace batchmill::tokens {

namespace {

[[noreturn]] void refuse() {
  throw std::runtime_error("this is no table of token ranks");
}

void check_size(std::size_t ranks) {
  if (ranks >= std::size_t{1} << pair_table::id_bits) refuse();
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
  check_size(ranks.size());
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

vocabulary::vocabulary(std::span<const token_halves> ranks)
    : of_two_bytes_(65536, no_token), pairs_(ranks.size()), shorts_(0), longs_(0) {
  check_size(ranks.size());
  std::fill(std::begin(of_byte_), std::end(of_byte_), no_token);
  spell(ranks);
  const auto is_long = [](std::uint8_t n) { return n > short_token_index::longest; };
  const auto longs =
      static_cast<std::size_t>(std::count_if(lengths_.begin(), lengths_.end(), is_long));
  shorts_ = short_token_index(ranks.size() - longs);
  longs_ = long_token_index(longs);
  for (token_id id = 0; id < ranks.size(); ++id) {
    if (lengths_[id] > 0) add_token(id);
    if (ranks[id].right != no_token) pairs_.add(ranks[id].left, ranks[id].right, id);
  }
  if (std::find(std::begin(of_byte_), std::end(of_byte_), no_token) != std::end(of_byte_)) refuse();
}

void vocabulary::add_token(token_id id) {
  const std::string_view token = bytes(id);
  if (token.size() <= short_token_index::longest) {
    shorts_.add(token, id);
  } else {
    longs_.add(token, id);
  }
  const byte* const p = bytes_of(token);
  if (token.size() == 2) of_two_bytes_[std::size_t{p[0]} << 8 | p[1]] = id;
  joints_.add(token);
}

/// The bytes of every token, from those of its halves.
void vocabulary::spell(std::span<const token_halves> ranks) {
  blob_.reserve(ranks.size() * 8);
  offsets_.reserve(ranks.size());
  lengths_.reserve(ranks.size());
  for (token_id id = 0; id < ranks.size(); ++id) {
    const auto [left, right] = ranks[id];
    offsets_.push_back(static_cast<std::uint32_t>(blob_.size()));
    if (left == no_token) {
      lengths_.push_back(0);
    } else if (right == no_token) {
      add_byte(id, left);
    } else {
      if (left >= id || right >= id) refuse();
      append(left, right);
    }
  }
  blob_.shrink_to_fit();
}

void vocabulary::add_byte(token_id id, token_id value) {
  if (value > 255 || of_byte_[value] != no_token) refuse();
  of_byte_[value] = id;
  blob_ += static_cast<char>(value);
  lengths_.push_back(1);
}

void vocabulary::append(token_id left, token_id right) {
  const std::size_t length = lengths_[left] + std::size_t{lengths_[right]};
  if (length > longest_token || lengths_[left] == 0 || lengths_[right] == 0) refuse();
  blob_.append(blob_, offsets_[left], lengths_[left]);
  blob_.append(blob_, offsets_[right], lengths_[right]);
  lengths_.push_back(static_cast<std::uint8_t>(length));
}

token_id vocabulary::find_long(const byte* p, std::size_t length) const {
  if (length > longest_token) return no_token;
  const std::string_view wanted(reinterpret_cast<const char*>(p), length);
  return longs_.find(wanted, [this](token_id id) { return bytes(id); });
}

std::size_t vocabulary::memory() const {
  return sizeof *this + blob_.capacity() + offsets_.capacity() * 4 + lengths_.capacity() +
         of_two_bytes_.size() * 4 + pairs_.memory() + shorts_.memory() + longs_.memory() +
         joints_.memory();
}

}  // namespace batchmill::tokens
