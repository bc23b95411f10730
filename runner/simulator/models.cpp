#include "runner/simulator/models.hpp"

#include <algorithm>
#include <array>

#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::array<std::string_view, 16> listed{"gpt-3.5-turbo",
                                                  "gpt-4",
                                                  "gpt-4-turbo",
                                                  "gpt-4.1",
                                                  "gpt-4.1-mini",
                                                  "gpt-4.1-nano",
                                                  "gpt-4o",
                                                  "gpt-4o-mini",
                                                  "gpt-5",
                                                  "gpt-5-mini",
                                                  "gpt-5-nano",
                                                  "o3",
                                                  "o4-mini",
                                                  "omni-moderation-latest",
                                                  "text-embedding-3-large",
                                                  "text-embedding-3-small"};

// The words of model names after the family.
constexpr std::string_view words[] = {
    "mini",  "nano",       "pro",       "turbo",      "preview",  "latest", "instruct", "vision",
    "audio", "search",     "realtime",  "transcribe", "diarize",  "tts",    "chat",     "codex",
    "max",   "16k",        "32k",       "deep",       "research", "sol",    "terra",    "luna",
    "astra", "cyber",      "rosalind",  "spark",      "flare",    "oss",    "20b",      "120b",
    "image", "moderation", "embedding", "sunburst",   "small",    "large",  "ada",      "hd",
    "live",  "translate",  "whisper",   "daybreak",   "blue",     "red",    "stable"};

struct snapshot {
  std::string_view alias;
  std::string_view name;
};

constexpr snapshot snapshots[] = {{"gpt-3.5-turbo", "gpt-3.5-turbo-0125"},
                                  {"gpt-4", "gpt-4-0613"},
                                  {"gpt-4-turbo", "gpt-4-turbo-2024-04-09"},
                                  {"gpt-4.1", "gpt-4.1-2025-04-14"},
                                  {"gpt-4.1-mini", "gpt-4.1-mini-2025-04-14"},
                                  {"gpt-4.1-nano", "gpt-4.1-nano-2025-04-14"},
                                  {"gpt-4o", "gpt-4o-2024-08-06"},
                                  {"gpt-4o-mini", "gpt-4o-mini-2024-07-18"},
                                  {"gpt-5", "gpt-5-2025-08-07"},
                                  {"gpt-5-mini", "gpt-5-mini-2025-08-07"},
                                  {"gpt-5-nano", "gpt-5-nano-2025-08-07"},
                                  {"o1", "o1-2024-12-17"},
                                  {"o3", "o3-2025-04-16"},
                                  {"o3-mini", "o3-mini-2025-01-31"},
                                  {"o4-mini", "o4-mini-2025-04-16"}};

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// "4", "4o", "3.5", "5.6"
bool is_version(std::string_view part) {
  if (part.empty() || !is_digit(part.front())) return false;
  if (part.back() == 'o') part.remove_suffix(1);
  const auto dot = part.find('.');
  return all_digits(part.substr(0, dot)) &&
         (dot == std::string_view::npos || all_digits(part.substr(dot + 1)));
}

bool is_part(std::string_view part) {
  return is_version(part) || std::find(std::begin(words), std::end(words), part) != std::end(words);
}

bool is_family(std::string_view part) {
  constexpr std::string_view families[] = {"gpt",  "chatgpt", "text",    "omni",   "tts",
                                           "dall", "whisper", "babbage", "davinci"};
  if (std::find(std::begin(families), std::end(families), part) != std::end(families)) return true;
  return part.size() == 2 && part[0] == 'o' && is_digit(part[1]) && part[1] != '0';
}

bool is_plausible(std::string_view name) {
  const auto dash = name.find('-');
  const auto family = name.substr(0, dash);
  if (!is_family(family)) return false;
  if (dash == std::string_view::npos) return family.front() == 'o' && family.size() == 2;
  if (family == "dall") return name == "dall-e-2" || name == "dall-e-3";
  for (auto part : split(name.substr(dash + 1), '-'))
    if (!is_part(part)) return false;
  return true;
}

bool has(std::string_view name, std::string_view part) {
  return name.find(part) != std::string_view::npos;
}

model_kind kind_of(std::string_view name) {
  if (has(name, "embedding")) return model_kind::embedding;
  if (has(name, "moderation")) return model_kind::moderation;
  if (has(name, "image") || name.starts_with("dall")) return model_kind::image;
  if (has(name, "instruct") || name.starts_with("babbage") || name.starts_with("davinci"))
    return model_kind::completion;
  if (has(name, "tts") || has(name, "transcribe") || has(name, "whisper") ||
      has(name, "realtime") || has(name, "live"))
    return model_kind::audio;
  return model_kind::chat;
}

void size_chat(model_facts& facts, std::string_view name) {
  const auto size = [&](std::int64_t context, std::int64_t output) {
    facts.context = context;
    facts.max_output = output;
  };
  if (name.starts_with("gpt-3.5")) return size(16'385, 4'096);
  if (name.starts_with("gpt-4.1")) return size(1'047'576, 32'768);
  if (name.starts_with("gpt-4o") || name.starts_with("chatgpt")) return;
  if (name.starts_with("gpt-4-32k")) return size(32'768, 8'192);
  if (name == "gpt-4" || name == "gpt-4-0613" || name == "gpt-4-0314") return size(8'192, 8'192);
  if (name.starts_with("gpt-4")) return size(128'000, 4'096);
  facts.reasoning = !has(name, "chat");
  facts.fixed_sampling = name.front() == 'o';
  if (facts.fixed_sampling) return size(200'000, 100'000);
  const bool first_gpt_5 = name.starts_with("gpt-5-") || name == "gpt-5";
  facts.fixed_sampling = first_gpt_5 && facts.reasoning;
  size(first_gpt_5 ? 400'000 : 1'050'000, 128'000);
}

void size_embedding(model_facts& facts, std::string_view name) {
  facts.context = 8'192;
  facts.dimensions = has(name, "large") ? 3'072 : 1'536;
  facts.shortens_vectors = !has(name, "ada");
}

void size_completion(model_facts& facts, std::string_view name) {
  facts.context = has(name, "instruct") ? 4'097 : 16'384;
  facts.max_output = facts.context;
}

model_facts facts_of(std::string_view name) {
  model_facts facts;
  facts.kind = kind_of(name);
  if (facts.kind == model_kind::chat) size_chat(facts, name);
  if (facts.kind == model_kind::embedding) size_embedding(facts, name);
  if (facts.kind == model_kind::completion) size_completion(facts, name);
  for (const auto& [alias, full] : snapshots)
    if (alias == name) facts.snapshot = full;
  return facts;
}

// A server of open models: nothing is known but what the name gives away.
model_facts open_model(std::string_view name) {
  model_facts facts;
  facts.context = facts.max_output = 131'072;
  if (!contains_ignoring_case(name, "embed") && !contains_ignoring_case(name, "bge") &&
      !contains_ignoring_case(name, "e5-"))
    return facts;
  facts.kind = model_kind::embedding;
  facts.dimensions = 1'024;
  facts.shortens_vectors = true;
  return facts;
}

}  // namespace

std::optional<model_facts> find_model(std::string_view name) {
  if (name.starts_with("ft:")) {
    const auto base = name.substr(3, name.find(':', 3) - 3);
    auto facts = find_model(base);
    if (facts) facts->snapshot = {};
    return facts;
  }
  if (name.find('/') != std::string_view::npos) return open_model(name);
  if (!is_plausible(name)) return std::nullopt;
  return facts_of(name);
}

std::span<const std::string_view> listed_models() {
  return listed;
}

}  // namespace batchmill::simulator_detail
