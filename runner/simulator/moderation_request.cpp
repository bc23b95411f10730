#include "runner/simulator/moderation_request.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <string>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/models.hpp"
#include "runner/simulator/shared_checks.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::string_view default_model = "omni-moderation-latest";
constexpr std::string_view part_types[] = {"text", "image_url"};
const parameter parameters[] = {{"input"}, {"model", value_kind::string}};

refusal read_image(const json::value& image, const std::string& at, moderation_subject& s) {
  if (auto error = check_value(image, {"image_url", value_kind::object}, at)) return error;
  const auto* url = find(image.get_object(), "url");
  if (!url) return missing_parameter(at + ".url");
  if (auto error = check_value(*url, {"url", value_kind::string}, at + ".url")) return error;
  s.images.push_back(view(url->get_string()));
  if (is_image_url(s.images.back())) return {};
  return invalid_value(at + ".url", fmt::format("Invalid '{}.url'. Expected a valid URL, but got a "
                                                "value with an invalid format.",
                                                at));
}

refusal read_part(const json::value& value, const std::string& at, moderation_subject& s) {
  typed_part part;
  if (auto error = read_typed_part(value, part_types, at, part)) return error;
  if (part.type == "image_url") return read_image(*part.payload, part.path, s);
  if (auto error = check_value(*part.payload, {"text", value_kind::string}, part.path))
    return error;
  s.texts.push_back(view(part.payload->get_string()));
  return {};
}

// All parts together are one subject.
refusal read_parts(const json::array& parts, moderation_request& request) {
  if (request.only_text)
    return bad_parameter("input", fmt::format("Invalid 'input': the model '{}' accepts only text. "
                                              "Use '{}' for images.",
                                              request.model, default_model));
  auto& s = request.subjects.emplace_back();
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (auto error = read_part(parts[i], fmt::format("input[{}]", i), s)) return error;
  if (s.images.size() <= 1) return {};
  return bad_parameter("input", fmt::format("Invalid 'input': too many images. Expected at most 1 "
                                            "image, but got {} images instead.",
                                            s.images.size()));
}

void add_text(const json::value& text, moderation_request& request) {
  request.subjects.emplace_back().texts.push_back(view(text.get_string()));
}

refusal read_input(const json::value& input, moderation_request& request) {
  if (input.is_string()) {
    add_text(input, request);
    return {};
  }
  const auto* list = input.if_array();
  if (!list)
    return invalid_type("input", "one of a string, array of strings, or array of objects",
                        type_of(input));
  if (list->empty()) return empty_array("input");
  if (!list->front().is_string()) return read_parts(*list, request);
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (!(*list)[i].is_string())
      return invalid_type(fmt::format("input[{}]", i), "a string", type_of((*list)[i]));
    add_text((*list)[i], request);
  }
  return {};
}

}  // namespace

refusal check_moderation(const json::object& body, moderation_request& request) {
  if (auto error = refuse_unknown(body, parameters)) return error;
  if (auto error = check_parameters(body, parameters)) return error;
  request.model = string_or(body, "model", default_model);
  const auto facts = find_model(request.model);
  if (!facts || facts->kind != model_kind::moderation)
    return bad_parameter("model", fmt::format("Invalid value for 'model' = {}. Please check the "
                                              "OpenAI documentation and try again.",
                                              request.model));
  request.only_text = request.model.starts_with("text-");
  const auto* input = find(body, "input");
  return input ? read_input(*input, request) : missing_parameter("input");
}

}  // namespace batchmill::simulator_detail
