// The categories of the moderation endpoint, and the words by which the simulator knows them.
#pragma once

#include <span>
#include <string_view>

namespace batchmill::simulator_detail {

struct moderation_category {
  std::string_view name;
  std::span<const std::string_view> words;  // lowercase
  bool sees_images = false;
};

/// All thirteen, in the API's order.
std::span<const moderation_category> moderation_categories();

/// How many words of `text` belong to the category.
std::size_t count_words(const moderation_category& category, std::string_view text);

}  // namespace batchmill::simulator_detail
