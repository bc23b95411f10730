// What a message says: a text, or parts of text and images.
#include <fmt/format.h>

#include "batchmill/json_text.hpp"
#include "jobs/fine_tuning/example_reader.hpp"

namespace batchmill::fine_tuning {

namespace {

using json::kind;
using json::kind_of;

constexpr std::size_t largest_image = 10'000'000;
constexpr unsigned most_images = 10;

std::string quoted(std::string_view raw) {
  return "\"" + beginning_of(contents_of(raw), 40) + "\"";
}

bool is_given(std::string_view raw) {
  return !raw.empty() && raw != "null";
}

/// Bytes of the image in a data: URL.
std::size_t decoded_size(std::string_view url) {
  const std::size_t comma = url.find(',');
  return comma == std::string_view::npos ? 0 : (url.size() - comma - 1) / 4 * 3;
}

}  // namespace

void example_reader::check_content(const message& m, conversation& c) {
  const kind what = kind_of(m.content);
  if (what == kind::array) {
    std::size_t parts = 0;
    json::for_each_element(m.content, [&](std::string_view part) {
      ++parts;
      check_part(part, m, c);
      return true;
    });
    if (parts > 0) return;
  }
  if (what == kind::string) {
    if (!is_blank(contents_of(m.content))) return;
    if (m.who == role::user) {
      add(flaw::empty_prompt, m.content,
          [&] { return fmt::format("message {}, the user's, is empty", c.count); });
    }
    return;
  }
  const bool speaks_otherwise =
      is_given(m.calls) || is_given(m.call) || is_given(m.refusal) || is_given(m.audio);
  if ((m.content.empty() || what == kind::null) && m.who == role::assistant && speaks_otherwise) {
    return;
  }
  if (m.content.empty()) {
    add(flaw::message_missing_key, m.raw,
        [&] { return fmt::format("message {} has no `content`", c.count); });
  } else if (what == kind::null || what == kind::array) {
    add(flaw::missing_content, m.content, [&] {
      return fmt::format("the content of message {} is {}", c.count,
                         what == kind::null ? "null, and it calls no tool" : "an empty list");
    });
  } else {
    add(flaw::content_type, m.content, [&] {
      return fmt::format("the content of message {} is neither a text nor a list of parts",
                         c.count);
    });
  }
}

void example_reader::check_part(std::string_view part, const message& m, conversation& c) {
  const std::string_view type = json::member(part, "type").value_or("");
  if (type == R"("image_url")") return check_image(part, m, c);
  const bool refusal = type == R"("refusal")" && m.who == role::assistant;
  if (type == R"("text")" || refusal) {
    const auto text = json::member(part, refusal ? "refusal" : "text");
    if (text && kind_of(*text) == kind::string) return;
  }
  add(flaw::unknown_part, part, [&] {
    if (type.empty()) return fmt::format("a part of message {} has no `type`", c.count);
    if (type == R"("text")") return fmt::format("a part of message {} has no `text`", c.count);
    return fmt::format("a part of message {} has the type {}, which is not trained on", c.count,
                       quoted(type));
  });
}

void example_reader::check_image(std::string_view part, const message& m, conversation& c) {
  if (rules_.how == method::preference) {
    return add(flaw::not_text, part,
               [&] { return fmt::format("message {} holds an image", c.count); });
  }
  if (m.who != role::user && m.who != role::unknown) {
    add(flaw::image_of_other_role, part, [&] {
      return fmt::format("message {}, the {}'s, holds an image", c.count, contents_of(m.role_text));
    });
  }
  std::string_view url = json::member(part, "image_url").value_or("");
  if (kind_of(url) == kind::object) url = json::member(url, "url").value_or("");
  const std::string_view address = contents_of(url);
  const bool is_data = address.starts_with("data:image/");
  if (kind_of(url) != kind::string ||
      !(is_data || address.starts_with("http://") || address.starts_with("https://"))) {
    add(flaw::bad_image, part,
        [&] { return fmt::format("an image of message {} has no address", c.count); });
  } else if (is_data && decoded_size(address) > largest_image) {
    add(flaw::image_too_large, part,
        [&] { return fmt::format("an image of message {} has more than 10 MB", c.count); });
  }
  if (!rules_.images_offered && c.images == 0) {
    add(flaw::images_not_offered, part,
        [&] { return fmt::format("{} cannot be trained on images", rules_.model); });
  }
  if (++c.images == most_images + 1) {
    add(flaw::too_many_images, part,
        [&] { return fmt::format("the example holds more than {} images", most_images); });
  }
}

}  // namespace batchmill::fine_tuning
