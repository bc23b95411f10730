// Reads a line of the output back: what it counts as, and how it looks for another row number.
#pragma once

#include <string>
#include <string_view>

#include "batchmill/job_spec.hpp"
#include "runner/engine/ledger/finished_row.hpp"

namespace batchmill {

/// What the line tells: whether it is a success, the reason if not, the tokens. Its `line` and
/// `index` are left alone.
finished_row read_output_line(std::string_view line, output_format format);

/// The same answer for a row that has another number, id and, for format full, other text.
/// `custom_id` is a raw JSON string, `input` minified JSON.
std::string relabelled(std::string_view line, output_format format, std::uint64_t index,
                       std::string_view custom_id, std::string_view input);

}  // namespace batchmill
