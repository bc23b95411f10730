// The clock of the real world.
#pragma once

#include <memory>

#include "batchmill/clock.hpp"

namespace batchmill {

std::unique_ptr<clock> make_real_clock(executor ex);

}  // namespace batchmill
