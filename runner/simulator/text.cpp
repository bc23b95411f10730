#include "runner/simulator/text.hpp"

#include <algorithm>

namespace batchmill::simulator_detail {

namespace {

bool starts_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::size_t find_ignoring_case(std::string_view text, std::string_view part, std::size_t from) {
  if (part.empty() || from > text.size()) return std::string_view::npos;
  const auto found =
      std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), part.begin(),
                  part.end(), [](char x, char y) { return lower(x) == y; });
  return found == text.end() ? std::string_view::npos
                             : static_cast<std::size_t>(found - text.begin());
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return find_ignoring_case(text, part) != std::string_view::npos;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_image_url(std::string_view text) {
  return text.starts_with("data:image/") || text.starts_with("https://") ||
         text.starts_with("http://");
}

std::int64_t count_characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), starts_character);
}

std::string_view first_characters(std::string_view text, std::int64_t count) {
  std::size_t end = 0;
  while (end < text.size() && (count > 0 || !starts_character(text[end]))) {
    if (starts_character(text[end])) --count;
    ++end;
  }
  return text.substr(0, end);
}

}  // namespace batchmill::simulator_detail
