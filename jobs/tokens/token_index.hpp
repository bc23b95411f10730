// Which token has just these bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "jobs/tokens/large_table.hpp"
#include "jobs/tokens/pair_table.hpp"
#include "jobs/tokens/piece_key.hpp"

namespace batchmill::tokens {

/// Tokens of up to 12 bytes: buckets of four in one cache line, which hold the bytes themselves.
class short_token_index {
 public:
  static constexpr std::size_t longest = 12;

  explicit short_token_index(std::size_t tokens);

  /// `hash` is that of `key`, which is of at most 12 bytes.
  void add(const piece_key& key, std::uint64_t hash, token_id id);

  /// Of an add or find that comes soon.
  void prefetch(std::uint64_t hash) const {
    __builtin_prefetch(entries_.data() + (hash >> 20 & mask_) * 4);
  }

  /// `hash` is that of `key`, which is of at most 12 bytes.
  token_id find(const piece_key& key, std::uint64_t hash) const {
    for (std::size_t bucket = hash >> 20 & mask_;; bucket = (bucket + 1) & mask_) {
      const entry* const four = entries_.data() + bucket * 4;
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

  large_table<entry> entries_;
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
    const std::uint64_t hash = hash_of(bytes);
    for (std::size_t i = hash & mask_;; i = (i + 1) & mask_) {
      if (slots_[i] == no_token) return no_token;
      if ((slots_[i] & ~id_mask) != mark_of(hash)) continue;
      if (bytes_of(slots_[i] & id_mask) == bytes) return slots_[i] & id_mask;
    }
  }

  std::size_t memory() const { return slots_.size() * sizeof(token_id); }

 private:
  static constexpr std::uint32_t id_mask = (1U << pair_table::id_bits) - 1;

  static std::uint64_t hash_of(std::string_view bytes);

  /// Part of the hash that stands with the token, so that its bytes are seldom looked at in vain.
  static std::uint32_t mark_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32) & ~id_mask;
  }

  std::vector<std::uint32_t> slots_;
  std::size_t mask_;
};

}  // namespace batchmill::tokens
