#include "runner/simulator/endpoints/images.hpp"

#include <fmt/format.h>

#include <charconv>

#include "runner/simulator/answer_parts.hpp"
#include "runner/simulator/dice.hpp"
#include "runner/simulator/image_request.hpp"
#include "runner/simulator/png.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::int64_t tokens_per_input_image = 323;

// What a square of 1024 pixels costs; others in proportion to their area.
std::int64_t tokens_of_image(const image_request& request) {
  const std::int64_t square = request.quality == "low"      ? 272
                              : request.quality == "medium" ? 1'056
                                                            : 4'160;
  const auto area = std::int64_t{request.size.width} * request.size.height;
  return square * area / (1'024 * 1'024);
}

void write_usage(json_writer& json, const image_request& request, const token_usage& usage) {
  const auto text = estimate_tokens(request.prompt);
  json.key("usage").open_object();
  json.key("input_tokens").integer(usage.prompt).key("output_tokens").integer(usage.completion);
  json.key("total_tokens").integer(usage.total).key("input_tokens_details").open_object();
  json.key("text_tokens").integer(text).key("image_tokens").integer(usage.prompt - text);
  json.close_object().key("output_tokens_details").open_object();
  json.key("text_tokens").integer(0).key("image_tokens").integer(usage.completion);
  json.close_object().close_object();
}

token_usage usage_of(const image_request& request) {
  token_usage usage;
  usage.prompt = estimate_tokens(request.prompt) + request.input_images * tokens_per_input_image;
  usage.completion = request.count * tokens_of_image(request);
  usage.total = usage.prompt + usage.completion;
  return usage;
}

void write_image(json_writer& json, const image_request& request, std::string_view host,
                 std::uint64_t hash) {
  const auto [width, height] = request.size;
  json.open_object();
  if (request.family == image_family::dall_e_3) json.key("revised_prompt").text(request.prompt);
  if (request.as_url)
    json.key("url").text(
        fmt::format("http://{}/simulator/images/{:016x}-{}x{}.png", host, hash, width, height));
  else
    json.key("b64_json").text(to_base64(make_png(request.size, hash)));
  json.close_object();
}

reply answer(const image_request& request, std::string_view host, std::uint64_t hash) {
  reply r;
  json_writer json(r.body, json_layout::pretty);
  json.open_object().key("created").integer(creation_time(hash)).key("data").open_array();
  for (std::int64_t i = 0; i < request.count; ++i)
    write_image(json, request, host, hash_pair(hash, static_cast<std::uint64_t>(i)));
  json.close_array();
  if (request.family == image_family::gpt) {
    r.usage = usage_of(request);
    json.key("background").text(request.background).key("output_format").text("png");
    json.key("quality").text(request.quality).key("size").text(request.size_name);
    write_usage(json, request, r.usage);
  }
  json.close_object();
  return r;
}

admission_result admit(const call& c, image_task task) {
  image_request request;
  if (auto error = check_image_request(c.body, task, request)) return *std::move(error);
  if (task != image_task::generation)
    if (auto error = check_input_images(c, task, request)) return *std::move(error);
  admission a;
  a.model = request.model;
  a.charged_tokens = usage_of(request).prompt;
  a.answer = [request = std::move(request), host = c.request.header("host"), hash = c.hash] {
    return answer(request, host, hash);
  };
  return a;
}

struct picture {
  std::uint64_t hash = 0;
  image_size size;
};

template <class Number>
bool take_number(std::string_view& text, Number& value, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take_sign(std::string_view& text, char sign) {
  if (!text.starts_with(sign)) return false;
  text.remove_prefix(1);
  return true;
}

// "0123456789abcdef-1024x1024.png"
bool read_name(std::string_view name, picture& p) {
  constexpr std::uint32_t longest = 3'840;
  const bool whole = take_number(name, p.hash, 16) && take_sign(name, '-') &&
                     take_number(name, p.size.width, 10) && take_sign(name, 'x') &&
                     take_number(name, p.size.height, 10) && name == ".png";
  return whole && p.size.width > 0 && p.size.height > 0 && p.size.width <= longest &&
         p.size.height <= longest;
}

}  // namespace

admission_result generate_images(const call& c) {
  return admit(c, image_task::generation);
}

admission_result edit_images(const call& c) {
  return admit(c, image_task::edit);
}

admission_result vary_images(const call& c) {
  return admit(c, image_task::variation);
}

admission_result show_image(const call& c) {
  picture p;
  if (!read_name(c.id, p)) return api_error(404, "There is no such image.");
  admission a;
  a.answer = [p] {
    reply r;
    r.content_type = "image/png";
    r.body = make_png(p.size, p.hash);
    return r;
  };
  return a;
}

}  // namespace batchmill::simulator_detail
