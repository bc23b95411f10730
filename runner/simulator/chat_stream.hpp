// A chat answer in pieces.
#pragma once

#include <cstdint>

#include "runner/simulator/chat_request.hpp"
#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

reply stream_chat(const chat_request& request, std::uint64_t hash);

}  // namespace batchmill::simulator_detail
