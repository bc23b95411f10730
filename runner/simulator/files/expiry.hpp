// `expires_after` and its like: how long a file is to last.
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "runner/simulator/api_error.hpp"

namespace batchmill::simulator_detail {

inline constexpr double thirty_days = 30 * 24 * 3600.0;

/// Reads {"anchor":"created_at","seconds":N}; null is taken for absent and leaves `lifetime` alone.
refusal read_expiry(const boost::json::value* value, const std::string& path, double& lifetime);

}  // namespace batchmill::simulator_detail
