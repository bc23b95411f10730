#include "runner/simulator/image_request.hpp"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/form_fields.hpp"
#include "runner/simulator/models.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

using enum value_kind;
using choices = std::span<const std::string_view>;

constexpr std::string_view default_model = "dall-e-2";
constexpr std::string_view formats[] = {"url", "b64_json"};
constexpr std::string_view styles[] = {"vivid", "natural"};
constexpr std::string_view dall_e_qualities[] = {"standard", "hd"};
constexpr std::string_view gpt_qualities[] = {"low", "medium", "high", "auto"};
constexpr std::string_view backgrounds[] = {"transparent", "opaque", "auto"};
constexpr std::string_view output_formats[] = {"png", "webp", "jpeg"};
constexpr std::string_view moderations[] = {"low", "auto"};
constexpr std::string_view fidelities[] = {"high", "low"};
constexpr std::string_view dall_e_2_sizes[] = {"256x256", "512x512", "1024x1024"};
constexpr std::string_view dall_e_3_sizes[] = {"1024x1024", "1024x1792", "1792x1024"};
constexpr std::string_view gpt_sizes[] = {"1024x1024", "1024x1536", "1536x1024", "auto"};
constexpr std::string_view any_size_model = "gpt-image-2";

parameter one_of(std::string_view name, choices values) {
  return {name, string, -unbounded, unbounded, values};
}

void add_gpt_rules(std::vector<parameter>& rules, image_task task) {
  rules.push_back(one_of("quality", gpt_qualities));
  rules.push_back(one_of("background", backgrounds));
  rules.push_back(one_of("moderation", moderations));
  rules.push_back(one_of("output_format", output_formats));
  rules.push_back({"output_compression", integer, 0, 100});
  rules.push_back({"stream", boolean});
  rules.push_back({"partial_images", integer, 0, 3});
  if (task == image_task::edit) rules.push_back(one_of("input_fidelity", fidelities));
}

std::vector<parameter> rules_of(image_family family, image_task task) {
  std::vector<parameter> rules{{"model", string}, {"n", integer, 1, 10}, {"user", string}};
  if (task != image_task::variation) rules.push_back({"prompt", string});
  if (task == image_task::edit) rules.push_back({"images", array});
  if (task == image_task::edit) rules.push_back({"mask"});
  if (family == image_family::gpt) {
    add_gpt_rules(rules, task);
    rules.push_back({"size", string});
    return rules;
  }
  const bool newer = family == image_family::dall_e_3;
  rules.push_back(one_of("response_format", formats));
  rules.push_back(one_of("size", newer ? choices(dall_e_3_sizes) : choices(dall_e_2_sizes)));
  if (!newer) return rules;
  rules.push_back(one_of("quality", dall_e_qualities));
  rules.push_back(one_of("style", styles));
  return rules;
}

refusal check_model(const json::object& body, image_task task, image_request& request) {
  request.model = string_or(body, "model", default_model);
  const auto facts = find_model(request.model);
  if (!facts || facts->kind != model_kind::image)
    return invalid_value("model", fmt::format("Invalid value: '{}'. The model must be an image "
                                              "model, such as 'gpt-image-1'.",
                                              request.model));
  request.family = request.model == "dall-e-2"   ? image_family::dall_e_2
                   : request.model == "dall-e-3" ? image_family::dall_e_3
                                                 : image_family::gpt;
  const bool only_oldest = task == image_task::variation;
  if (request.family == image_family::dall_e_2) return {};
  if (!only_oldest && (request.family == image_family::gpt || task == image_task::generation))
    return {};
  return invalid_value(
      "model", fmt::format("Invalid value: '{}'. Value must be 'dall-e-2'{}.", request.model,
                           only_oldest ? "" : " or a GPT image model"));
}

refusal check_prompt(const json::object& body, image_task task, image_request& request) {
  if (task == image_task::variation) return {};
  if (!find(body, "prompt")) return missing_parameter("prompt");
  request.prompt = string_or(body, "prompt", "");
  const std::int64_t most = request.family == image_family::gpt        ? 32'000
                            : request.family == image_family::dall_e_3 ? 4'000
                                                                       : 1'000;
  return check_length("prompt", request.prompt, most);
}

std::optional<image_size> read_size(std::string_view text) {
  image_size size;
  const auto* end = text.data() + text.size();
  const auto [x, first] = std::from_chars(text.data(), end, size.width);
  if (first != std::errc{} || x == end || *x != 'x') return std::nullopt;
  const auto [rest, second] = std::from_chars(x + 1, end, size.height);
  if (second != std::errc{} || rest != end) return std::nullopt;
  return size;
}

bool is_any_size(image_size size) {
  constexpr std::uint32_t step = 16, longest = 3'840, most_pixels = 3'840 * 2'160;
  const auto [w, h] = size;
  return w > 0 && h > 0 && w <= longest && h <= longest && w % step == 0 && h % step == 0 &&
         w <= 3 * h && h <= 3 * w && w * h <= most_pixels;
}

refusal check_size(const json::object& body, image_request& request) {
  const bool gpt = request.family == image_family::gpt;
  request.size_name = string_or(body, "size", gpt ? "auto" : "1024x1024");
  const auto size = read_size(request.size_name);
  if (gpt && !(request.model.starts_with(any_size_model) && size && is_any_size(*size))) {
    const parameter rule = one_of("size", gpt_sizes);
    if (const auto* given = find(body, "size"))
      if (auto error = check_value(*given, rule, "size")) return error;
  }
  if (request.size_name == "auto") request.size_name = "1024x1024";
  request.size = *read_size(request.size_name);
  return {};
}

// What the API knows and the simulator does not play; to ignore it would be the worst answer.
refusal refuse_unplayed(const json::object& body) {
  const auto refuse = [](std::string_view name, std::string_view value) {
    return bad_parameter(name,
                         fmt::format("Unsupported value: '{}' does not support {} with this "
                                     "simulator.",
                                     name, value),
                         "unsupported_value");
  };
  const auto format = string_or(body, "output_format", "png");
  if (format != "png") return refuse("output_format", format);
  if (boolean_or(body, "stream", false)) return refuse("stream", "true");
  return {};
}

}  // namespace

refusal check_image_request(const json::object& fields, image_task task, image_request& request) {
  if (auto error = check_model(fields, task, request)) return error;
  const auto rules = rules_of(request.family, task);
  const auto body = typed_fields(fields, rules);
  if (auto error = refuse_first_unknown(body, rules)) return error;
  if (auto error = check_parameters(body, rules)) return error;
  if (auto error = check_prompt(body, task, request)) return error;
  if (auto error = check_size(body, request)) return error;
  if (auto error = refuse_unplayed(body)) return error;
  request.count = integer_or(body, "n", 1);
  request.as_url =
      request.family != image_family::gpt && string_or(body, "response_format", "url") == "url";
  request.quality = string_or(body, "quality", "auto");
  if (request.quality == "auto") request.quality = "medium";
  request.background = string_or(body, "background", "auto");
  if (request.background == "auto") request.background = "opaque";
  if (request.family != image_family::dall_e_3 || request.count == 1) return {};
  return bad_parameter("n",
                       fmt::format("Invalid 'n': integer above maximum value. Expected a value <= "
                                   "1, but got {} instead.",
                                   request.count),
                       "integer_above_max_value");
}

}  // namespace batchmill::simulator_detail
