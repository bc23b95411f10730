// Which models the simulator knows: their kind, sizes and snapshots.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace batchmill::simulator_detail {

enum class model_kind { chat, embedding, completion, moderation, image, audio };

struct model_facts {
  model_kind kind = model_kind::chat;
  std::int64_t context = 128'000;
  std::int64_t max_output = 16'384;
  std::int64_t dimensions = 0;    // of embeddings
  bool reasoning = false;         // refuses max_tokens
  bool fixed_sampling = false;    // refuses temperature, penalties, logprobs
  bool shortens_vectors = false;  // takes `dimensions`
  std::string_view snapshot;      // what `model` says in answers; empty: the name as given
};

/// What is known of a model; nothing when the API would not know the name either.
///
/// Known are: any name with a "/" in it, as vLLM and gateways use; `ft:` and a known name; and the
/// service's own families followed only by words and dates that its names are made of. So
/// "gpt-4o-mini-2024-07-18" and a future "gpt-7.2-mini" are known, "gpt-nope" and the misspelt
/// "gpt-5.2-proo" are not.
std::optional<model_facts> find_model(std::string_view name);

/// The names that `GET /v1/models` lists.
std::span<const std::string_view> listed_models();

}  // namespace batchmill::simulator_detail
