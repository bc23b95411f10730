// Checks that several endpoints make in the same words.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/simulator/api_error.hpp"

namespace batchmill::simulator_detail {

/// Parameters whose value has a default that a model with fixed sampling insists on.
refusal check_fixed_sampling(const boost::json::object& body);

/// `stop`: a string or up to four of them, which end up in `stops`.
refusal check_stop(const boost::json::object& body, std::vector<std::string_view>& stops);

/// `metadata`, when given, is an object of at most 16 short strings.
refusal check_metadata_values(const boost::json::object& body);

/// `stream` and `stream_options`, which stand beside it only. `usage`: is it wanted in the stream?
refusal check_stream(const boost::json::object& body, bool& streams, bool& usage);

/// The refusal of the older endpoints for a prompt that does not fit into the context.
api_error context_exceeded(std::int64_t context, std::int64_t prompt, std::int64_t completion);

/// A member that must be there and be an object. `path` is its name in messages.
refusal need_object(const boost::json::object& owner, std::string_view name,
                    const std::string& path);

/// A part of a prompt: {"type":"text","text":...}, the payload under the type's name.
struct typed_part {
  std::string_view type;
  const boost::json::value* payload = nullptr;
  std::string path;  // the payload's name in messages
};

/// `types` are the known ones, `path` is the part's name in messages.
refusal read_typed_part(const boost::json::value& value, std::span<const std::string_view> types,
                        const std::string& path, typed_part& part);

/// The member `name` of a tool or schema; `path` is the name of this member in messages.
refusal check_name(const boost::json::object& owner, const std::string& path);

/// The `name`, `strict` and `schema` of a structured answer. `schema` stays null when none is
/// given. `param` is what a bad schema is blamed on.
refusal check_named_schema(const boost::json::object& wanted, const std::string& path,
                           std::string_view param, const boost::json::value*& schema);

}  // namespace batchmill::simulator_detail
