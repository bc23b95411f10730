#include "runner/simulator/text_vector.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "runner/simulator/dice.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::size_t bits = 64;

float weight_of(std::string_view word) {
  constexpr std::size_t short_word = 3;
  return word.size() <= short_word ? 0.25f : 1.0f;
}

std::string in_lower_case(std::string_view word) {
  std::string out(word);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

// Every part has a direction of its own: plus or minus its weight in each dimension, one bit of
// chance for each. Directions of different parts are nearly orthogonal.
void add_direction(std::vector<float>& values, const vector_part& part) {
  dice die(part.hash);
  for (std::size_t begin = 0; begin < values.size(); begin += bits) {
    auto signs = die.next();
    const auto end = std::min(begin + bits, values.size());
    for (auto i = begin; i < end; ++i, signs >>= 1)
      values[i] += (signs & 1) != 0 ? part.weight : -part.weight;
  }
}

// Texts of the same words in another order are close, not equal; no two numbers are alike.
void add_order(std::vector<float>& values, std::span<const vector_part> parts) {
  constexpr float share = 0.2f;
  std::uint64_t order = 0;
  float weight = 0;
  for (const auto& part : parts) {
    order = hash_pair(order, part.hash);
    weight += part.weight * part.weight;
  }
  weight = std::max(std::sqrt(weight), 1.0f) * share;
  dice die(order);
  for (auto& value : values) value += weight * static_cast<float>(2 * die.uniform() - 1);
}

void normalize(std::vector<float>& values) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  const double length = std::sqrt(squares);
  if (length > 0)
    for (auto& value : values) value = static_cast<float>(value / length);
}

}  // namespace

std::vector<vector_part> parts_of(std::string_view text) {
  const auto whole = text;
  std::vector<vector_part> parts;
  while (!text.empty()) {
    const auto end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_word) -
                                              text.begin());
    if (end > 0) {
      const auto word = text.substr(0, end);
      parts.push_back({hash_text(in_lower_case(word)), weight_of(word)});
    }
    text.remove_prefix(std::max<std::size_t>(end, 1));
  }
  parts.push_back({hash_text(whole), 0});  // tells texts apart that differ in signs and case only
  return parts;
}

std::vector<float> make_vector(std::span<const vector_part> parts, std::size_t dimensions) {
  std::vector<float> values(dimensions);
  for (const auto& part : parts)
    if (part.weight > 0) add_direction(values, part);
  add_order(values, parts);
  normalize(values);
  return values;
}

}  // namespace batchmill::simulator_detail
