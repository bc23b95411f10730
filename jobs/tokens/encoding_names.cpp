#include "jobs/tokens/encoding_names.hpp"

namespace batchmill::tokens {

namespace {

constexpr std::string_view names[] = {"o200k_base", "o200k_harmony", "cl100k_base", "p50k_base",
                                      "p50k_edit",  "r50k_base",     "gpt2"};

struct entry {
  std::string_view model;
  std::string_view encoding;
};

constexpr entry whole_names[] = {
    {"o1", "o200k_base"},
    {"o3", "o200k_base"},
    {"o4-mini", "o200k_base"},
    {"gpt-4", "cl100k_base"},
    {"davinci-002", "cl100k_base"},
    {"babbage-002", "cl100k_base"},
    {"text-embedding-ada-002", "cl100k_base"},
    {"text-davinci-003", "p50k_base"},
    {"text-davinci-002", "p50k_base"},
    {"text-davinci-001", "r50k_base"},
    {"text-curie-001", "r50k_base"},
    {"text-babbage-001", "r50k_base"},
    {"text-ada-001", "r50k_base"},
    {"davinci", "r50k_base"},
    {"curie", "r50k_base"},
    {"babbage", "r50k_base"},
    {"ada", "r50k_base"},
    {"text-davinci-edit-001", "p50k_edit"},
    {"code-davinci-edit-001", "p50k_edit"},
    {"gpt2", "gpt2"},
    {"gpt-2", "gpt2"},
};

// The first that fits counts, so longer ones stand before their beginnings.
constexpr entry beginnings[] = {
    {"gpt-oss-", "o200k_harmony"},
    {"o1-", "o200k_base"},
    {"o3-", "o200k_base"},
    {"o4-", "o200k_base"},
    {"chatgpt-4o", "o200k_base"},
    {"chat-latest", "o200k_base"},
    {"gpt-4o", "o200k_base"},
    {"gpt-4.", "o200k_base"},
    {"gpt-5", "o200k_base"},
    {"gpt-6", "o200k_base"},
    {"gpt-audio", "o200k_base"},
    {"gpt-realtime", "o200k_base"},
    {"codex-", "o200k_base"},
    {"computer-use-preview", "o200k_base"},
    {"omni-moderation", "o200k_base"},
    {"gpt-4-", "cl100k_base"},
    {"gpt-3.5", "cl100k_base"},
    {"gpt-35", "cl100k_base"},  // Azure's spelling
    {"text-embedding-3-", "cl100k_base"},
    {"davinci-002", "cl100k_base"},
    {"babbage-002", "cl100k_base"},
    {"code-davinci-", "p50k_base"},
    {"code-cushman-", "p50k_base"},
    {"davinci-codex", "p50k_base"},
    {"cushman-codex", "p50k_base"},
    {"text-similarity-", "r50k_base"},
    {"text-search-", "r50k_base"},
    {"code-search-", "r50k_base"},
    {"davinci:2023-", "cl100k_base"},  // as answers call davinci-002
    {"davinci:ft-", "r50k_base"},      // fine-tuned, as they used to be called
    {"curie:ft-", "r50k_base"},
    {"babbage:ft-", "r50k_base"},
    {"ada:ft-", "r50k_base"},
};

}  // namespace

std::span<const std::string_view> encoding_names() {
  return names;
}

std::string_view encoding_of_model(std::string_view model) {
  if (model.starts_with("ft:")) {  // ft:MODEL:ORGANIZATION:NAME:ID
    model.remove_prefix(3);
    model = model.substr(0, model.find(':'));
  }
  for (const entry& e : whole_names) {
    if (model == e.model) return e.encoding;
  }
  for (const entry& e : beginnings) {
    if (model.starts_with(e.model)) return e.encoding;
  }
  return {};
}

}  // namespace batchmill::tokens
