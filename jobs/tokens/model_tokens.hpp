// What counting needs to know of a model.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "batchmill/tokens.hpp"

namespace batchmill::tokens {

/// The tokens that stand around the texts of a conversation, and what describes a function.
struct overheads {
  std::int64_t message = 3;
  std::int64_t name = 1;
  std::int64_t reply = 3;     // once, for the answer's own beginning
  std::int64_t function = 7;  // each
};

overheads overheads_of(std::string_view model);

struct model_tokens {
  model_tokens() = default;

  std::string model;
  bool known = false;                        // else it is taken for a new one
  const token_encoding* encoding = nullptr;  // null: its table is not there
  overheads around;
};

/// This thread's; valid until the next call.
const model_tokens& tokens_of_model(std::string_view model);

}  // namespace batchmill::tokens
