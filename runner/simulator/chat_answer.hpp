// What the simulated model says to a chat request.
#pragma once

#include <cstdint>
#include <string>

#include "runner/simulator/chat_request.hpp"
#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

struct chat_choice {
  chat_choice() = default;

  std::string text;  // the content, or the arguments of the tool call
  std::int64_t tokens = 0;
  bool cut = false;  // by the bound on tokens
};

/// One choice. All of it follows from the request and the dice.
chat_choice make_choice(const chat_request& request, dice& die);

}  // namespace batchmill::simulator_detail
