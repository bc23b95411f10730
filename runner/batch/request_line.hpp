// One line of a batch's input file. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace batchmill {

/// The id that the server sees of a row: ours, so that it is unique whatever the user's ids are.
std::string batch_id_of(std::uint64_t row);

/// The row that such an id names; nothing for ids of others.
std::optional<std::uint64_t> row_of_batch_id(std::string_view id);

/// With its line end. `body` is JSON on one line.
std::string request_line(std::uint64_t row, std::string_view endpoint, std::string_view body);

/// The body within a line that `request_line` made.
std::string_view body_of_request_line(std::string_view line);

}  // namespace batchmill
