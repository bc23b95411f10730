#include "runner/simulator/dice.hpp"

#include <cmath>
#include <cstring>
#include <numbers>

namespace batchmill::simulator_detail {

namespace {

std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace

std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = mix(seed ^ (0x9e3779b97f4a7c15u + text.size()));
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = (hash ^ word) * 0x9fb21c651e98df25u;
    hash ^= hash >> 32;
    text.remove_prefix(8);
  }
  std::uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  return mix(hash ^ rest);
}

std::uint64_t hash_pair(std::uint64_t a, std::uint64_t b) {
  return mix(mix(a + 0x9e3779b97f4a7c15u) ^ b);
}

std::uint64_t dice::next() {
  return mix(state_ += 0x9e3779b97f4a7c15u);
}

double dice::uniform() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

double dice::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace batchmill::simulator_detail
