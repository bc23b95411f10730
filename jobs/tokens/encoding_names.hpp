// Which encoding a model has, by its name, as tiktoken tells it.
#pragma once

#include <span>
#include <string_view>

namespace batchmill::tokens {

/// Of all encodings, the newest first.
std::span<const std::string_view> encoding_names();

/// Empty when the model is not known.
std::string_view encoding_of_model(std::string_view model);

}  // namespace batchmill::tokens
