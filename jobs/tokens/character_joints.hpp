// Between which characters a token may reach over. Where none does, pieces can be cut: what stands
// left and right of there is never merged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "jobs/tokens/utf8.hpp"

namespace batchmill::tokens {

class character_joints {
 public:
  character_joints() : pairs_((std::size_t{1} << pair_bits) / 64) {}

  /// Notes all places within this token, which is not all ASCII.
  void add(std::string_view token);

  /// May a token have the end of `left` and the beginning of `right`? False is certain.
  bool joined(std::uint32_t left, byte left_last, std::uint32_t right, byte right_first) const {
    if ((left | right) < 0x80) return true;  // many are, and such pieces are not cut anyway
    const std::size_t bit = pair_bit(left, right);
    return ((pairs_.data()[bit >> 6] >> (bit & 63)) |
            (cut_[left_last][right_first >> 6] >> (right_first & 63))) &
           1;
  }

  std::size_t memory() const { return pairs_.size() * 8 + sizeof cut_; }

 private:
  static constexpr unsigned pair_bits = 19;

  static std::size_t pair_bit(std::uint32_t left, std::uint32_t right) {
    return ((std::uint64_t{left} << 21 | right) * 0x9E3779B97F4A7C15U) >> (64 - pair_bits);
  }

  std::vector<std::uint64_t> pairs_;  // of whole characters: a filter, so some too many
  std::uint64_t cut_[256][4] = {};    // last byte, first byte: where a token has part of either
};

}  // namespace batchmill::tokens
