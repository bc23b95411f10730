// Checks of request parameters by table, with the texts of the real API.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "runner/simulator/api_error.hpp"

namespace batchmill::simulator_detail {

/// What may a parameter be? Null is always taken for absent.
enum class value_kind { anything, boolean, integer, decimal, string, object, array };

inline constexpr double unbounded = std::numeric_limits<double>::infinity();

struct parameter {
  std::string_view name;
  value_kind kind = value_kind::anything;
  double min = -unbounded;
  double max = unbounded;
  std::span<const std::string_view> choices{};  // for strings; empty: any
};

/// "a string", "an array": how messages name the type of `value`.
std::string_view type_of(const boost::json::value& value);

/// Refuses parameters that are not in `known`, as the API does at the top level.
refusal refuse_unknown(const boost::json::object& body, std::span<const parameter> known);

/// The same in the words of younger endpoints, which name the first one alone.
refusal refuse_first_unknown(const boost::json::object& body, std::span<const parameter> known);

/// Type, bounds and choices of every parameter that is present.
refusal check_parameters(const boost::json::object& body, std::span<const parameter> known);

/// One value; `path` is its name in messages, e.g. "tools[0].function.name".
refusal check_value(const boost::json::value& value, const parameter& rule, std::string_view path);

/// A text of 1 to `most` characters.
refusal check_length(std::string_view path, std::string_view text, std::int64_t most);

/// The member called `name`, unless absent or null.
const boost::json::value* find(const boost::json::object& body, std::string_view name);

/// For members that were checked before: absent means the default.
std::int64_t integer_or(const boost::json::object& body, std::string_view name, std::int64_t other);
bool boolean_or(const boost::json::object& body, std::string_view name, bool other);
std::string_view string_or(const boost::json::object& body, std::string_view name,
                           std::string_view other);

inline std::string_view view(const boost::json::string& s) {
  return {s.data(), s.size()};
}

}  // namespace batchmill::simulator_detail
