// One line of a batch's output or error file. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "batchmill/http.hpp"

namespace batchmill {

struct answer_line {
  answer_line() = default;

  std::uint64_t row = 0;
  std::optional<http_response> response;  // absent: `code` and `message` say why
  std::string code;                       // "batch_expired"
  std::string message;
};

/// The row that the line answers; nothing when it is no line of ours.
std::optional<std::uint64_t> row_of_answer_line(std::string_view line);

/// Nothing when it is not such a line. `response` has the server's request id as a header.
std::optional<answer_line> read_answer_line(std::string_view line);

}  // namespace batchmill
