// The 429s of rate limits, in the API's words.
#pragma once

#include <string>
#include <string_view>

#include "batchmill/clock.hpp"
#include "runner/simulator/api_error.hpp"

namespace batchmill::simulator_detail {

/// What is limited?
enum class dimension { requests, tokens, requests_per_day, project_tokens };

inline constexpr int dimensions = 4;

/// Of the limit, when it is told.
struct limit_numbers {
  double limit = 0;
  double used = 0;
  double requested = 0;
};

/// A limit that passes after `wait`, with its headers.
api_error limit_reached(std::string_view model, dimension what, const limit_numbers& numbers,
                        duration wait);

/// The same from a server that keeps its limits to itself.
api_error hidden_limit_reached(std::string_view model, dimension what);

/// A request that is larger than the limit can never pass.
api_error larger_than_limit(std::string_view model, dimension what, const limit_numbers& numbers);

/// More than `most` requests at once; `status` is 429 or 503.
api_error too_many_at_once(int most, int status);

/// "20ms", "8.64s", "1m33.792s", "1h2m3s", "0s": Go's format, rounded up to milliseconds.
std::string go_duration(duration d);

}  // namespace batchmill::simulator_detail
