// A response in events.
#pragma once

#include <string>

#include "runner/simulator/response_answer.hpp"

namespace batchmill::simulator_detail {

/// From response.created to the one that says how it ended.
std::string stream_response(const response_result& result);

}  // namespace batchmill::simulator_detail
