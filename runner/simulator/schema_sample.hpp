// JSON that fits a JSON Schema, different for every seed.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

/// Chooses one of the texts that an enum offers.
using text_chooser = std::function<std::size_t(std::span<const std::string_view>, dice&)>;

/// Compact JSON that fits `schema`. `choose` may be empty: then the dice decide.
std::string sample_schema(const boost::json::value& schema, dice& die,
                          const text_chooser& choose = {});

}  // namespace batchmill::simulator_detail
