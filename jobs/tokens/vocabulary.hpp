// One set of ranks, made for looking up. Immutable once built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/tokens/character_joints.hpp"
#include "jobs/tokens/halves.hpp"
#include "jobs/tokens/pair_table.hpp"
#include "jobs/tokens/token_index.hpp"
#include "jobs/tokens/whole_characters.hpp"

namespace batchmill::tokens {

class vocabulary {
 public:
  /// Throws std::runtime_error when these are no such table.
  explicit vocabulary(std::span<const token_halves> ranks);

  std::size_t size() const { return lengths_.size(); }
  std::size_t length(token_id id) const { return lengths_[id]; }
  std::string_view bytes(token_id id) const {
    return std::string_view(blob_).substr(offsets_[id], lengths_[id]);
  }

  token_id of_byte(byte b) const { return of_byte_[b]; }
  token_id of_two_bytes(byte a, byte b) const {
    return of_two_bytes_.data()[std::size_t{a} << 8 | b];
  }
  token_id merged(token_id left, token_id right) const { return pairs_.find(left, right); }
  const short_token_index& shorts() const { return shorts_; }
  const character_joints& joints() const { return joints_; }
  const whole_characters& characters() const { return characters_; }

  /// The token with just these bytes.
  token_id find(const byte* p, std::size_t length) const {
    if (length > short_token_index::longest) return find_long(p, length);
    const piece_key key = key_of(p, length);
    return shorts_.find(key, key.hash());
  }

  std::size_t memory() const;

 private:
  void measure(std::span<const token_halves> ranks);
  void spell(std::span<const token_halves> ranks);
  void index();
  void add_token(token_id id, const piece_key& key, std::uint64_t hash);
  void add_pairs(std::span<const token_halves> ranks);
  token_id find_long(const byte* p, std::size_t length) const;

  std::string blob_;
  std::vector<std::uint32_t> offsets_;
  std::vector<std::uint8_t> lengths_;
  token_id of_byte_[256];
  std::vector<token_id> of_two_bytes_;
  pair_table pairs_;
  short_token_index shorts_;
  long_token_index longs_;
  character_joints joints_;
  whole_characters characters_;
};

}  // namespace batchmill::tokens
