// The images that an edit or a variation begins with.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/image_request.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::size_t most_images = 16, largest_old = 4u << 20, largest = 50u << 20;

api_error bad_image(std::size_t number) {
  auto error = bad_parameter("image",
                             fmt::format("Invalid image file or mode for image {}, please check "
                                         "your image file.",
                                         number),
                             "invalid_image_file");
  error.type = "image_generation_user_error";
  return error;
}

api_error too_many(std::string_view name, std::size_t most, std::size_t got) {
  return bad_parameter(name,
                       fmt::format("Invalid '{}': array too long. Expected an array with maximum "
                                   "length {}, but got an array with length {} instead.",
                                   name, most, got),
                       "array_above_max_length");
}

// dall-e-2 takes small square PNGs alone.
refusal check_old(std::string_view file) {
  const auto size = png_size(file);
  if (!size || file.size() > largest_old)
    return invalid_value("image", "Uploaded image must be a PNG and less than 4 MB.");
  if (size->width != size->height) return invalid_value("image", "Uploaded image must be square.");
  return {};
}

refusal check_files(const form_data& form, image_request& request) {
  auto files = form.files("image");
  const auto more = form.files("image[]");
  files.insert(files.end(), more.begin(), more.end());
  const bool old = request.family == image_family::dall_e_2;
  if (files.empty()) return missing_parameter("image");
  if (files.size() > (old ? 1 : most_images))
    return too_many("image", old ? 1 : most_images, files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto content = files[i]->content;
    if (old)
      if (auto error = check_old(content)) return error;
    if (!is_image(content) || content.size() >= largest) return bad_image(i + 1);
  }
  for (const auto* mask : form.files("mask"))
    if (!png_size(mask->content)) return invalid_value("mask", "The mask must be a PNG.");
  request.input_images = static_cast<std::int64_t>(files.size());
  return {};
}

refusal check_address(const json::value& value, const std::string& path) {
  if (!value.is_object()) return invalid_type(path, "an object", type_of(value));
  const auto& image = value.get_object();
  if (find(image, "file_id")) return {};
  const auto* url = find(image, "image_url");
  if (!url) return missing_parameter(path + ".image_url");
  if (auto error = check_value(*url, {"image_url", value_kind::string}, path + ".image_url"))
    return error;
  if (is_image_url(view(url->get_string()))) return {};
  return invalid_value(path + ".image_url",
                       fmt::format("Invalid '{}.image_url'. Expected a valid URL, but got a value "
                                   "with an invalid format.",
                                   path));
}

refusal check_addresses(const json::object& body, image_request& request) {
  const auto* images = find(body, "images");
  if (!images) return missing_parameter("images");
  const auto* list = images->if_array();
  if (!list) return invalid_type("images", "an array of objects", type_of(*images));
  if (list->empty()) return empty_array("images");
  if (list->size() > most_images) return too_many("images", most_images, list->size());
  for (std::size_t i = 0; i < list->size(); ++i)
    if (auto error = check_address((*list)[i], fmt::format("images[{}]", i))) return error;
  request.input_images = static_cast<std::int64_t>(list->size());
  return {};
}

}  // namespace

refusal check_input_images(const call& c, image_task task, image_request& request) {
  const bool by_form = task == image_task::variation || !c.form.parts.empty();
  return by_form ? check_files(c.form, request) : check_addresses(c.body, request);
}

}  // namespace batchmill::simulator_detail
