// What the API asks of a JSON Schema with `strict: true`.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace batchmill::simulator_detail {

/// The first breach of the rules in the API's words; empty when there is none.
std::string find_strict_problem(const boost::json::value& schema);

}  // namespace batchmill::simulator_detail
