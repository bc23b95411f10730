// Text that fits the string rules of a JSON Schema: format, pattern, length.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

std::string sample_string(const boost::json::object& schema, dice& die);

}  // namespace batchmill::simulator_detail
