#include "runner/simulator/schema_rules.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <vector>

#include "runner/simulator/checks.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

using context = std::vector<std::string>;

std::string check(const json::value& value, context& where);

// Python's way to write a tuple, which is what the API shows.
std::string in_context(const context& where, std::string_view problem) {
  std::string path;
  for (const auto& step : where) path += (path.empty() ? "'" : ", '") + step + "'";
  if (where.size() == 1) path += ",";
  return fmt::format("In context=({}), {}", path, problem);
}

bool is_required(const json::object& schema, std::string_view name) {
  const auto* required = find(schema, "required");
  if (!required || !required->is_array()) return false;
  for (const auto& item : required->get_array())
    if (item.is_string() && view(item.get_string()) == name) return true;
  return false;
}

std::string check_object(const json::object& schema, const context& where) {
  const auto* additional = find(schema, "additionalProperties");
  if (!additional || *additional != json::value(false))
    return in_context(where, "'additionalProperties' is required to be supplied and to be false.");
  const auto* properties = find(schema, "properties");
  if (!properties || !properties->is_object()) return {};
  for (const auto& property : properties->get_object())
    if (!is_required(schema, property.key()))
      return in_context(where, fmt::format("'required' is required to be supplied and to be an "
                                           "array including every key in properties. Missing '{}'.",
                                           std::string_view(property.key())));
  return {};
}

std::string check_step(const json::value& value, std::string step, context& where) {
  where.push_back(std::move(step));
  auto problem = check(value, where);
  where.pop_back();
  return problem;
}

std::string check_members(const json::object& schema, std::string_view keyword, context& where) {
  const auto* members = find(schema, keyword);
  if (!members || !members->is_object()) return {};
  where.emplace_back(keyword);
  std::string problem;
  for (const auto& [name, value] : members->get_object())
    if (problem.empty()) problem = check_step(value, std::string(name), where);
  where.pop_back();
  return problem;
}

std::string check_choices(const json::object& schema, context& where) {
  const auto* choices = find(schema, "anyOf");
  if (!choices || !choices->is_array()) return {};
  where.emplace_back("anyOf");
  std::string problem;
  std::size_t index = 0;
  for (const auto& choice : choices->get_array()) {
    if (problem.empty()) problem = check_step(choice, std::to_string(index), where);
    ++index;
  }
  where.pop_back();
  return problem;
}

std::string check(const json::value& value, context& where) {
  const auto* schema = value.if_object();
  if (!schema) return in_context(where, "schema must be an object.");
  std::string problem;
  if (string_or(*schema, "type", "") == "object") problem = check_object(*schema, where);
  for (const auto keyword : {"properties", "$defs", "definitions"})
    if (problem.empty()) problem = check_members(*schema, keyword, where);
  if (problem.empty()) problem = check_choices(*schema, where);
  if (const auto* items = find(*schema, "items"); items && problem.empty())
    problem = check_step(*items, "items", where);
  return problem;
}

}  // namespace

std::string find_strict_problem(const json::value& schema) {
  context where;
  // The root has a rule of its own.
  if (string_or(schema.get_object(), "type", "") != "object")
    return in_context(where, "schema must be a JSON Schema of 'type: \"object\"'.");
  return check(schema, where);
}

}  // namespace batchmill::simulator_detail
