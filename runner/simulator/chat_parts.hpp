// What a chat answer is made of, be it whole or streamed.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "batchmill/outcome.hpp"
#include "runner/simulator/chat_request.hpp"
#include "runner/simulator/dice.hpp"
#include "runner/simulator/json_writer.hpp"

namespace batchmill::simulator_detail {

/// The members before the choices. `object` is what the answer says it is.
void write_identity(json_writer& json, const chat_request& request, std::string_view object,
                    std::uint64_t hash);

/// The members after the choices, `usage` apart.
void write_service(json_writer& json, const chat_request& request);

/// The log probabilities of tokens, drawn one after the other.
void write_logprobs(json_writer& json, const chat_request& request,
                    std::span<const std::string_view> tokens, dice& die);

void write_usage(json_writer& json, const token_usage& usage);

}  // namespace batchmill::simulator_detail
