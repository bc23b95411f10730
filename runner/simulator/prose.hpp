// Short texts for answers that need no meaning.
#pragma once

#include <string>
#include <string_view>

#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

/// One plain English word.
std::string_view some_word(dice& die);

/// One sentence of about ten words.
std::string some_sentence(dice& die);

}  // namespace batchmill::simulator_detail
