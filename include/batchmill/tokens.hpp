// Counts and encodes text exactly as OpenAI's models see it, without a network: what tiktoken does
// for Python.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace batchmill {

/// Byte-pair encoding with the tables of one family of models. All members may be called from
/// several threads at a time; threads share the tables, and each keeps a cache of about 1 MB.
///
/// Text is taken as it is: `<|endoftext|>` within it is thirteen ordinary characters. Bytes that
/// are no UTF-8 count as U+FFFD, as Python decodes them with errors="replace".
class token_encoding {
 public:
  virtual ~token_encoding() = default;

  virtual std::string_view name() const = 0;  // "o200k_base"

  virtual std::size_t count(std::string_view text) const = 0;

  /// Appends the tokens to `out`.
  virtual void encode(std::string_view text, std::vector<std::uint32_t>& out) const = 0;

  /// The longest beginning of `text` that has at most so many tokens and ends with a whole
  /// character.
  virtual std::string_view first_tokens(std::string_view text, std::size_t most) const = 0;
};

/// o200k_base, o200k_harmony, cl100k_base, p50k_base, p50k_edit, r50k_base or gpt2. The first call
/// for an encoding takes some milliseconds; it lives until the program ends. Null when there is no
/// such name, or when its table is neither built into this library nor in the folder that
/// TIKTOKEN_CACHE_DIR names.
const token_encoding* find_token_encoding(std::string_view name);

/// Would it be found? Quick, and loads nothing.
bool has_token_encoding(std::string_view name);

/// By the model's name, fine-tuned and dated ones too. Empty when the model is not known.
std::string_view token_encoding_name(std::string_view model);

/// The tokens that the API counts for the prompt of a request: its texts, what stands around them,
/// tools, schemas and images. Exact for messages of text, close for the rest. `body` is valid JSON.
/// Models that are not known are taken for new ones. Nothing for endpoints whose prompt is no text,
/// and without the table of the model's encoding.
std::optional<std::int64_t> count_prompt_tokens(std::string_view endpoint, std::string_view body,
                                                std::string_view model);

}  // namespace batchmill
