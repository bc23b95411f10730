#include "jobs/tokens/image_tokens.hpp"

#include <algorithm>
#include <cmath>

#include "jobs/base64_text.hpp"

namespace batchmill::tokens {

namespace {

// What stands for an image that is not there to be measured.
constexpr image_size unseen{1024, 1024};

// As much of a data URL as is decoded for its size: JPEG may have a preview before it.
constexpr std::size_t most_decoded = 200'000;

/// How does the family count?
enum class unit {
  tiles,    // of 512 × 512, at a scale where the short side is at most 768
  patches,  // of 32 × 32, shrunk to fit a budget of them
};

struct image_rule {
  std::string_view model;  // its beginning
  unit counts;
  double base;    // tiles: of any image
  double factor;  // of each tile or patch
  double budget = 1536;
};

// The first that fits counts.
constexpr image_rule rules[] = {
    {"gpt-4o-mini", unit::tiles, 2833, 5667},
    {"gpt-4.1-mini", unit::patches, 0, 1.62},
    {"gpt-4.1-nano", unit::patches, 0, 2.46},
    {"gpt-5-mini", unit::patches, 0, 1.62},
    {"gpt-5-nano", unit::patches, 0, 2.46},
    {"gpt-5.4-mini", unit::patches, 0, 1.62},
    {"gpt-5.4-nano", unit::patches, 0, 2.46},
    {"o4-mini", unit::patches, 0, 1.72},
    {"gpt-5.4", unit::patches, 0, 1.2, 2500},
    {"gpt-5.5", unit::patches, 0, 1.2, 2500},
    {"gpt-5.6", unit::patches, 0, 1.2, 2500},
    {"gpt-6", unit::patches, 0, 1.2, 2500},
    {"gpt-5", unit::tiles, 70, 140},
    {"o1", unit::tiles, 75, 150},
    {"o3", unit::tiles, 75, 150},
    {"computer-use-preview", unit::tiles, 65, 129},
    {"", unit::tiles, 85, 170},
};

const image_rule& rule_of(std::string_view model) {
  return *std::find_if(std::begin(rules), std::end(rules),
                       [&](const image_rule& r) { return model.starts_with(r.model); });
}

double tiles(double width, double height) {
  const double fit = std::min(1.0, 2048 / std::max(width, height));
  width *= fit;
  height *= fit;
  const double shrink = std::min(1.0, 768 / std::min(width, height));
  // Rounded as whole pixels are.
  const auto along = [&](double side) { return std::ceil(std::round(side * shrink) / 512); };
  return along(width) * along(height);
}

double patches(double width, double height, double budget) {
  constexpr double side = 32;
  const double whole = std::ceil(width / side) * std::ceil(height / side);
  if (whole <= budget) return whole;
  double scale = std::sqrt(side * side * budget / (width * height));
  // Smaller still, until one side is of whole patches.
  const double across = width * scale / side;
  const double down = height * scale / side;
  scale *= std::min(std::floor(across) / across, std::floor(down) / down);
  const auto along = [&](double length) {
    return std::max(1.0, std::ceil(length * scale / side - 1e-9));
  };
  return std::min(budget, along(width) * along(height));
}

}  // namespace

std::int64_t image_tokens(std::string_view model, image_size size, bool low) {
  const image_rule& rule = rule_of(model);
  const auto width = static_cast<double>(size.width);
  const auto height = static_cast<double>(size.height);
  double tokens = 0;
  if (rule.counts == unit::tiles) {
    tokens = rule.base + (low ? 0 : rule.factor * tiles(width, height));
  } else {
    tokens = std::ceil(rule.factor * patches(width, height, rule.budget));
  }
  return static_cast<std::int64_t>(tokens);
}

std::int64_t image_tokens_of_url(std::string_view model, std::string_view url, bool low) {
  constexpr std::string_view mark = ";base64,";
  const std::size_t at = url.substr(0, 200).find(mark);
  if (!url.starts_with("data:") || at == std::string_view::npos) {
    return image_tokens(model, unseen, low);
  }
  std::string_view data = url.substr(at + mark.size(), most_decoded);
  if (data.size() == most_decoded) data.remove_suffix(most_decoded % 4);
  const auto file = jobs::from_base64(data);
  return image_tokens(model, file ? size_of_image(*file).value_or(unseen) : unseen, low);
}

}  // namespace batchmill::tokens
