// What the answers of several endpoints have in common.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runner/simulator/json_writer.hpp"

namespace batchmill::simulator_detail {

/// "chatcmpl-" and 28 hexadecimal digits.
std::string identifier(std::string_view prefix, std::uint64_t hash);

/// Unix seconds. They follow from the request like everything else, so that equal runs have equal
/// results.
std::int64_t creation_time(std::uint64_t hash);

/// Writes what the request said into the answer.
void write_value(json_writer& json, const boost::json::value& value);

std::string to_base64(std::span<const unsigned char> bytes);
std::string to_base64(std::string_view bytes);

}  // namespace batchmill::simulator_detail
