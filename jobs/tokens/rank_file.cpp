#include "jobs/tokens/rank_file.hpp"

#include <charconv>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <openssl/evp.h>

#include "jobs/base64_text.hpp"

namespace batchmill::tokens {

namespace {

// More than any table has; keeps a damaged file from asking for all memory.
constexpr std::size_t most_ranks = 1 << 20;

[[noreturn]] void refuse(std::size_t line) {
  throw std::runtime_error("line " + std::to_string(line) + " has no token and rank");
}

}  // namespace

std::vector<std::string> read_ranks(std::string_view text) {
  std::vector<std::string> ranks;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) refuse(number);
    std::size_t rank = 0;
    const char* const end = line.data() + line.size();
    const auto parsed = std::from_chars(line.data() + space + 1, end, rank);
    auto bytes = jobs::from_base64(line.substr(0, space));
    if (parsed.ptr != end || !bytes || bytes->empty() || rank >= most_ranks) refuse(number);
    if (ranks.size() <= rank) ranks.resize(rank + 1);
    ranks[rank] = std::move(*bytes);
  }
  return ranks;
}

std::string sha256_of(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr)) {
    throw std::runtime_error("SHA-256 is not to be had");
  }
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex += digits[digest[i] >> 4];
    hex += digits[digest[i] & 15];
  }
  return hex;
}

std::optional<std::string> read_verified(const std::string& path, std::string_view sha256) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (!file || !(content << file.rdbuf())) return std::nullopt;
  std::string text = std::move(content).str();
  if (sha256_of(text) != sha256) return std::nullopt;
  return text;
}

}  // namespace batchmill::tokens
