#include "runner/engine/ledger/request_hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <string_view>

namespace batchmill {
namespace {

// The hashes stand in files: these seeds must stay what they are.
constexpr std::uint64_t request_seed = 1;
constexpr std::uint64_t row_seed = 2;

std::uint64_t hash(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::uint64_t known(std::uint64_t value) {
  return value == 0 ? 1 : value;
}

}  // namespace

std::uint64_t request_hash(const http_request& request) {
  std::uint64_t value = request_seed;
  for (const std::string* part : {&request.target, &request.headers, &request.body}) {
    if (!part->empty()) value = hash(*part, value);
  }
  return known(value);
}

std::uint64_t row_hash(const row& r) {
  return known(hash(r.text, row_seed));
}

void hash_digest::add(std::uint64_t hash) {
  const std::uint64_t both[] = {value_, hash};
  value_ = XXH3_64bits(both, sizeof both);
}

}  // namespace batchmill
