// Texts as they stand in JSON, looked at without being unescaped as a whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace batchmill::fine_tuning {

/// The contents of a raw string; of anything else, the value as it is written.
std::string_view contents_of(std::string_view raw);

/// Does an escaped text hold nothing but white space?
bool is_blank(std::string_view contents);

/// The beginning of an escaped text as people read it; "..." where it goes on.
std::string beginning_of(std::string_view contents, std::size_t most);

/// Does an answer begin as refusals do?
bool is_refusal(std::string_view contents);

/// The same for texts that differ in nothing but case, white space and punctuation.
class word_hasher {
 public:
  std::uint64_t hash(std::string_view contents);

  /// What was hashed last: its letters and digits, in lower case.
  std::string_view letters() const { return {letters_.data(), length_}; }

 private:
  std::string letters_;
  std::size_t length_ = 0;
};

std::uint64_t hash_of(std::string_view bytes);

inline std::uint64_t join_hashes(std::uint64_t before, std::uint64_t next) {
  std::uint64_t h = (before ^ next) * 0x9E3779B97F4A7C15U;
  h ^= h >> 29;
  return h * 0xBF58476D1CE4E5B9U + before;
}

}  // namespace batchmill::fine_tuning
