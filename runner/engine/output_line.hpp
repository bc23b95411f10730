// The line of a row in the output, in the format that the spec asks for.
#pragma once

#include <cstdint>
#include <string>

#include "batchmill/job_spec.hpp"
#include "batchmill/outcome.hpp"

namespace batchmill {

/// Without the line end.
std::string format_output_line(std::uint64_t index, const outcome& result, output_format format);

/// Why a row failed, short enough to be counted by: "400 context_length_exceeded", "timed_out".
std::string failure_reason(const outcome& result);

}  // namespace batchmill
