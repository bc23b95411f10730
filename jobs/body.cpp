#include "jobs/body.hpp"

#include <algorithm>
#include <array>
#include <boost/container/small_vector.hpp>
#include <cstring>
#include <limits>
#ifdef __SSE2__
#include <emmintrin.h>

#include <bit>
#endif

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"

namespace batchmill::jobs {

namespace {

// Keeps the product of an estimate from running over.
constexpr std::int64_t most_prompts = 2048;

// Tokens of an image in tile models: base 85, 170 for each of the four tiles of 1024 × 1024.
constexpr std::int64_t image_tokens = 765;
constexpr std::int64_t image_tokens_in_low_detail = 85;

/// A prompt is a text or a list of token numbers; a list of either holds several.
std::int64_t prompts_in(std::string_view value) {
  std::int64_t count = 0;
  bool numbers = false;
  json::for_each_element(value, [&](std::string_view element) {
    numbers = json::kind_of(element) == json::kind::number;
    ++count;
    return !numbers;
  });
  return numbers || count == 0 ? 1 : std::min<std::int64_t>(count, most_prompts);
}

/// 0, 0.0, 0e5
bool is_zero(std::string_view number) {
  return number.find_first_of("123456789") >= std::min(number.find_first_of("eE"), number.size()) &&
         json::kind_of(number) == json::kind::number;
}

/// Of the list price: https://platform.openai.com/docs/pricing
float tier_factor(std::string_view tier) {
  if (tier == R"("flex")") return 0.5F;
  if (tier == R"("priority")" || tier == R"("fast")") return 2;
  return tier == R"("auto")" || tier == R"("default")" || tier == "null" ? 1 : 0;
}

/// These cost by the call, which no usage tells.
bool has_paid_tool(std::string_view tools) {
  constexpr auto paid = std::to_array<std::string_view>(
      {R"("web_search)", R"("file_search")", R"("code_interpreter")", R"("image_generation")"});
  return std::ranges::any_of(
      paid, [&](std::string_view tool) { return tools.find(tool) != std::string_view::npos; });
}

/// `key` without its quotes.
void note_plain(body_facts& facts, std::string_view key, std::string_view value) {
  if (key == "model") {
    facts.has_model = true;
    facts.model = json::unquote(value).value_or("");
  } else if (key == "max_completion_tokens" || key == "max_tokens" || key == "max_output_tokens") {
    if (const auto bound = json::integer(value)) facts.max_output = *bound;
  } else if (key == "n") {
    facts.choices *= std::max<std::int64_t>(1, json::integer(value).value_or(1));
  } else if (key == "prompt") {
    facts.choices *= prompts_in(value);
    facts.prompts_apart = json::kind_of(value) == json::kind::array;
  } else if (key == "stream") {
    facts.stream = value == "true";
  } else if (key == "temperature") {
    facts.cold = is_zero(value);
  } else if (key == "service_tier") {
    facts.price_factor *= tier_factor(value);
  } else if (key == "tools") {
    if (has_paid_tool(value)) facts.price_factor = 0;
  } else if (key == "stream_format") {
    facts.stream = facts.stream || value == R"("sse")";
  }
}

void note(body_facts& facts, std::string_view raw_key, std::string_view value) {
  const std::string_view key = raw_key.substr(1, raw_key.size() - 2);
  if (key.find('\\') == std::string_view::npos) return note_plain(facts, key, value);
  note_plain(facts, json::unquote(raw_key).value_or(""), value);
}

void append_member(std::string& object, std::string_view key, std::string_view value) {
  object.pop_back();
  if (object.size() > 1) object += ',';
  object.append(key).append(":").append(value).append("}");
}

/// Bytes that continue a character, sixteen or eight at a time.
std::size_t continuation_bytes(std::string_view text) {
  std::size_t count = 0;
#ifdef __SSE2__
  for (; text.size() >= 16; text.remove_prefix(16)) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data()));
    // Read as numbers with a sign they are the lowest.
    const int found = _mm_movemask_epi8(_mm_cmplt_epi8(block, _mm_set1_epi8(-64)));
    if (found != 0) count += static_cast<std::size_t>(std::popcount(static_cast<unsigned>(found)));
  }
#endif
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t block;
    std::memcpy(&block, text.data(), 8);
    // In each byte: the top bit set and the next one clear. The product sums the eight bytes.
    const std::uint64_t ones = (block >> 7) & ~(block >> 6) & 0x0101010101010101U;
    count += (ones * 0x0101010101010101U) >> 56;
  }
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) == 0x80 ? 1 : 0;
  return count;
}

struct embedded_images {
  std::size_t characters = 0;
  std::int64_t tokens = 0;
};

/// Is the detail of the image whose URL ends before `rest` stated, and low? It stands in the same
/// object, before the URL or behind it.
bool has_low_detail(std::string_view before, std::string_view rest) {
  constexpr std::string_view low = R"("detail":"low")";
  const std::size_t open = before.rfind('{');
  if (open != std::string_view::npos && before.find(low, open) != std::string_view::npos) {
    return true;
  }
  return rest.substr(0, rest.find('}')).find(low) != std::string_view::npos;
}

embedded_images find_images(std::string_view body) {
  // Semicolons are rare, so bodies without images cost next to nothing.
  constexpr std::string_view mark = ";base64,";
  embedded_images images;
  for (std::size_t at = body.find(mark); at != std::string_view::npos;) {
    const std::size_t begin = body.rfind('"', at);
    const std::size_t end = std::min(body.find('"', at), body.size());
    if (begin != std::string_view::npos && body.substr(begin + 1).starts_with("data:image/")) {
      images.characters += end - begin;
      const bool low = has_low_detail(body.substr(0, begin), body.substr(end));
      images.tokens += low ? image_tokens_in_low_detail : image_tokens;
    }
    at = body.find(mark, end);
  }
  return images;
}

}  // namespace

body_completion::body_completion(const job_spec& spec, std::string_view defaults) {
  if (!spec.model.empty()) additions_.push_back({"model", "\"model\"", json::quote(spec.model)});
  if (!spec.parameters.text.empty()) add_parameters(spec);
  add_defaults(defaults);
}

void body_completion::add_parameters(const job_spec& spec) {
  const std::string& parameters = spec.parameters.text;
  if (json::kind_of(parameters) != json::kind::object) {
    throw usage_error(spec.where("parameters") + ": `parameters` must be a mapping");
  }
  json::for_each_member(parameters, [&](std::string_view raw_key, std::string_view value) {
    const std::string key = json::unquote(raw_key).value_or("");
    if (key == "model" && !spec.model.empty()) {
      throw usage_error(spec.where("parameters.model") +
                        ": the model stands here and in `model`; remove one of them");
    }
    additions_.push_back({key, std::string(raw_key), std::string(value)});
    return true;
  });
}

void body_completion::add_defaults(std::string_view defaults) {
  json::for_each_member(defaults, [&](std::string_view raw_key, std::string_view value) {
    const std::string key = json::unquote(raw_key).value_or("");
    const auto same = [&](const addition& a) { return a.key == key; };
    if (std::none_of(additions_.begin(), additions_.end(), same)) {
      additions_.push_back({key, std::string(raw_key), std::string(value)});
    }
    return true;
  });
}

body_facts body_completion::complete(std::string& body) const {
  body_facts facts;
  boost::container::small_vector<bool, 32> present(additions_.size());
  json::for_each_member(body, [&](std::string_view key, std::string_view value) {
    note(facts, key, value);
    for (std::size_t i = 0; i < additions_.size(); ++i) {
      if (json::key_is(key, additions_[i].key)) present[i] = true;
    }
    return true;
  });
  for (std::size_t i = 0; i < additions_.size(); ++i) {
    if (present[i]) continue;
    note(facts, additions_[i].raw_key, additions_[i].value);
    append_member(body, additions_[i].raw_key, additions_[i].value);
  }
  return facts;
}

std::int64_t most_tokens(std::string_view body) {
  // What brings tokens that are not in the body's text.
  constexpr auto others = std::to_array<std::string_view>(
      {R"("image_url")", R"("input_image")", R"("input_audio")", R"("input_file")", R"("file")",
       R"("file_id")", R"("previous_response_id")", R"("conversation")", R"("prompt":{)",
       R"("web_search)", R"("file_search")", R"("mcp")", R"("code_interpreter")"});
  const bool bounded = std::ranges::none_of(
      others, [&](std::string_view mark) { return body.find(mark) != std::string_view::npos; });
  if (!bounded) return std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t overhead = 64;  // that the API adds around the messages
  return static_cast<std::int64_t>(body.size()) + overhead;
}

std::int64_t estimate_tokens(std::string_view body) {
  const embedded_images images = find_images(body);
  const std::size_t characters = body.size() - continuation_bytes(body) - images.characters;
  return static_cast<std::int64_t>((characters + 3) / 4) + images.tokens;
}

}  // namespace batchmill::jobs
