#include "runner/simulator/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

std::string_view expected(value_kind kind) {
  switch (kind) {
    case value_kind::boolean:
      return "a boolean";
    case value_kind::integer:
      return "an integer";
    case value_kind::decimal:
      return "a decimal";
    case value_kind::string:
      return "a string";
    case value_kind::object:
      return "an object";
    case value_kind::array:
      return "an array";
    case value_kind::anything:
      break;
  }
  return "a value";
}

bool is_integer(const json::value& value) {
  return value.is_int64() || value.is_uint64() ||
         (value.is_double() && std::floor(value.get_double()) == value.get_double());
}

bool fits(const json::value& value, value_kind kind) {
  switch (kind) {
    case value_kind::boolean:
      return value.is_bool();
    case value_kind::integer:
      return is_integer(value);
    case value_kind::decimal:
      return value.is_number();
    case value_kind::string:
      return value.is_string();
    case value_kind::object:
      return value.is_object();
    case value_kind::array:
      return value.is_array();
    case value_kind::anything:
      break;
  }
  return true;
}

refusal check_bounds(double value, const parameter& rule, std::string_view path) {
  const std::string_view kind = rule.kind == value_kind::integer ? "integer" : "decimal";
  if (value < rule.min)
    return bad_parameter(path,
                         fmt::format("Invalid '{}': {} below minimum value. Expected a value >= "
                                     "{}, but got {} instead.",
                                     path, kind, rule.min, value),
                         fmt::format("{}_below_min_value", kind));
  if (value > rule.max)
    return bad_parameter(path,
                         fmt::format("Invalid '{}': {} above maximum value. Expected a value <= "
                                     "{}, but got {} instead.",
                                     path, kind, rule.max, value),
                         fmt::format("{}_above_max_value", kind));
  return {};
}

bool is_known(std::string_view name, std::span<const parameter> known) {
  return std::any_of(known.begin(), known.end(), [&](const auto& p) { return p.name == name; });
}

}  // namespace

std::string_view type_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "a boolean";
    case json::kind::int64:
    case json::kind::uint64:
      return "an integer";
    case json::kind::double_:
      return "a decimal";
    case json::kind::string:
      return "a string";
    case json::kind::array:
      return "an array";
    case json::kind::object:
      return "an object";
  }
  return "a value";
}

refusal refuse_unknown(const json::object& body, std::span<const parameter> known) {
  std::vector<std::string> strangers;
  for (const auto& member : body)
    if (!is_known(member.key(), known)) strangers.emplace_back(member.key());
  if (strangers.empty()) return {};
  std::sort(strangers.begin(), strangers.end());
  return bad_parameter("",
                       fmt::format("Unrecognized request argument{} supplied: {}",
                                   strangers.size() > 1 ? "s" : "", fmt::join(strangers, ", ")));
}

refusal refuse_first_unknown(const json::object& body, std::span<const parameter> known) {
  for (const auto& member : body)
    if (!is_known(member.key(), known)) return unknown_parameter(member.key());
  return {};
}

refusal check_parameters(const json::object& body, std::span<const parameter> known) {
  for (const auto& rule : known)
    if (const auto* value = find(body, rule.name))
      if (auto error = check_value(*value, rule, rule.name)) return error;
  return {};
}

refusal check_value(const json::value& value, const parameter& rule, std::string_view path) {
  if (!fits(value, rule.kind)) return invalid_type(path, expected(rule.kind), type_of(value));
  if (value.is_number()) return check_bounds(value.to_number<double>(), rule, path);
  if (value.is_string() && !rule.choices.empty() &&
      std::find(rule.choices.begin(), rule.choices.end(), view(value.get_string())) ==
          rule.choices.end())
    return unsupported_choice(path, view(value.get_string()), rule.choices);
  return {};
}

refusal check_length(std::string_view path, std::string_view text, std::int64_t most) {
  if (text.empty())
    return bad_parameter(path,
                         fmt::format("Invalid '{}': empty string. Expected a string with minimum "
                                     "length 1, but got an empty string instead.",
                                     path),
                         "empty_string");
  const auto length = count_characters(text);
  if (length <= most) return {};
  return bad_parameter(path,
                       fmt::format("Invalid '{}': string too long. Expected a string with maximum "
                                   "length {}, but got a string with length {} instead.",
                                   path, most, length),
                       "string_above_max_length");
}

const json::value* find(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(json::string_view(name.data(), name.size()));
  return value && !value->is_null() ? value : nullptr;
}

std::int64_t integer_or(const json::object& body, std::string_view name, std::int64_t other) {
  const auto* value = find(body, name);
  if (!value || !value->is_number()) return other;
  // Bounds were checked as doubles; what exceeds 64 bits is only ever "very large".
  if (value->is_int64()) return value->get_int64();
  const double number = value->to_number<double>();
  return number > 9e18 ? std::numeric_limits<std::int64_t>::max()
                       : static_cast<std::int64_t>(number);
}

bool boolean_or(const json::object& body, std::string_view name, bool other) {
  const auto* value = find(body, name);
  return value && value->is_bool() ? value->get_bool() : other;
}

std::string_view string_or(const json::object& body, std::string_view name,
                           std::string_view other) {
  const auto* value = find(body, name);
  return value && value->is_string() ? view(value->get_string()) : other;
}

}  // namespace batchmill::simulator_detail
