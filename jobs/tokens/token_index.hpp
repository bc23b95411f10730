// Which token has just these bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "jobs/tokens/pair_table.hpp"
#include "jobs/tokens/piece_key.hpp"

namespace batchmill::tokens {

/// Tokens of up to 12 bytes: buckets of four in one cache line, which hold the bytes themselves.
class short_token_index {
 public:
  static constexpr std::size_t longest = 12;

  explicit short_token_index(std::size_t tokens);

  void add(std::string_view bytes, token_id id);

  /// `hash` is that of `key`, which is of at most 12 bytes.
  token_id find(const piece_key& key, std::uint64_t hash) const {
    for (std::size_t bucket = hash >> 20 & mask_;; bucket = (bucket + 1) & mask_) {
      const entry* const four = &entries_[bucket * 4];
      for (int i = 0; i < 4; ++i) {
        if (four[i].low == key.low && (four[i].high & key_bits) == key.high) return id_of(four[i]);
      }
      if (four[3].high == 0) return no_token;
    }
  }

  std::size_t memory() const { return entries_.size() * sizeof(entry); }

 private:
  /// As a piece_key, with the token where that has bytes 12 and 13, and above the length.
  struct entry {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
  };
  static constexpr std::uint64_t key_bits = 0x00FF'0000'FFFF'FFFF;

  static token_id id_of(const entry& e) {
    return static_cast<token_id>((e.high >> 32 & 0xFFFF) | e.high >> 56 << 16);
  }

  std::vector<entry> entries_;
  std::size_t mask_;
};

/// Longer tokens: few, and compared with the bytes that the vocabulary holds.
class long_token_index {
 public:
  explicit long_token_index(std::size_t tokens);

  void add(std::string_view bytes, token_id id);

  /// `bytes_of` gives the bytes of a token.
  template <class BytesOf>
  token_id find(std::string_view bytes, BytesOf bytes_of) const {
    for (std::size_t i = hash_of(bytes) & mask_;; i = (i + 1) & mask_) {
      if (slots_[i] == no_token || bytes_of(slots_[i]) == bytes) return slots_[i];
    }
  }

  std::size_t memory() const { return slots_.size() * sizeof(token_id); }

 private:
  static std::uint64_t hash_of(std::string_view bytes);

  std::vector<token_id> slots_;
  std::size_t mask_;
};

}  // namespace batchmill::tokens
