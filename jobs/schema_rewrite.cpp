#include "jobs/schema_rewrite.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <set>
#include <string_view>

namespace batchmill::jobs {
namespace {

namespace json = boost::json;

using names = std::array<std::string_view, 6>;

constexpr names of_schemas = {"properties", "patternProperties", "definitions",
                              "$defs",      "dependencies",      "dependentSchemas"};
constexpr std::array<std::string_view, 4> of_values = {"const", "enum", "default", "examples"};

template <class Names>
bool is_one_of(const Names& all, std::string_view name) {
  return std::find(all.begin(), all.end(), name) != all.end();
}

/// Calls `visit` with each object that is a schema, the inner ones first.
template <class Visit>
void for_each_schema(json::value& schema, const Visit& visit) {
  if (auto* list = schema.if_array()) {
    for (json::value& item : *list) for_each_schema(item, visit);
  }
  auto* object = schema.if_object();
  if (object == nullptr) return;
  for (auto& member : *object) {
    if (is_one_of(of_values, member.key())) continue;
    if (is_one_of(of_schemas, member.key()) && member.value().is_object()) {
      for (auto& each : member.value().get_object()) for_each_schema(each.value(), visit);
    } else {
      for_each_schema(member.value(), visit);
    }
  }
  visit(*object);
}

void rename(json::object& schema, std::string_view from, std::string_view to) {
  const json::value* found = schema.if_contains(from);
  if (found == nullptr || !found->is_string()) return;
  json::value text = *found;
  schema.erase(from);
  schema[to] = std::move(text);
}

void collect_names(const json::value& document, std::set<std::string>& all) {
  if (const auto* list = document.if_array()) {
    for (const json::value& item : *list) collect_names(item, all);
  }
  if (const auto* object = document.if_object()) {
    for (const auto& [name, value] : *object) {
      all.emplace(name);
      collect_names(value, all);
    }
  }
}

/// A name may have to be several things at once.
void demand(json::object& properties, const std::string& name, const json::value& schema) {
  json::value& present = properties[name];
  if (present.is_null()) {
    present = json::object{{"allOf", json::array{schema}}};
  } else {
    present = json::object{{"allOf", json::array{present, schema}}};
  }
}

const pattern& compiled(const name_patterns& patterns, std::string_view text) {
  const auto is_it = [&](const auto& each) { return each.first == text; };
  return std::find_if(patterns.begin(), patterns.end(), is_it)->second;
}

}  // namespace

void rename_text_keywords(json::value& schema) {
  for_each_schema(schema, [](json::object& each) {
    rename(each, "pattern", pattern_keyword);
    rename(each, "format", format_keyword);
  });
}

name_patterns patterns_of_names(const json::value& schema) {
  name_patterns all;
  json::value copy = schema;
  for_each_schema(copy, [&](json::object& each) {
    const json::value* found = each.if_contains("patternProperties");
    if (found == nullptr || !found->is_object()) return;
    for (const auto& member : found->get_object()) {
      const std::string text(member.key());
      const auto is_it = [&](const auto& known) { return known.first == text; };
      if (std::none_of(all.begin(), all.end(), is_it)) all.emplace_back(text, pattern(text));
    }
  });
  return all;
}

const std::string* resolve_names(json::value& schema, const json::value& document,
                                 const name_patterns& patterns) {
  std::set<std::string> all;
  collect_names(document, all);
  for (const auto& [text, compiled_one] : patterns) {
    for (const std::string& name : all) {
      if (compiled_one.found_in(name) == pattern::fit::too_costly) return &text;
    }
  }
  for_each_schema(schema, [&](json::object& each) {
    const json::value* found = each.if_contains("patternProperties");
    if (found == nullptr || !found->is_object()) return;
    const json::object by_pattern = found->get_object();
    each.erase("patternProperties");
    json::value& properties = each["properties"];
    if (!properties.is_object()) properties = json::object();
    for (const auto& [text, demanded] : by_pattern) {
      for (const std::string& name : all) {
        if (compiled(patterns, text).found_in(name) != pattern::fit::yes) continue;
        demand(properties.get_object(), name, demanded);
      }
    }
  });
  return nullptr;
}

}  // namespace batchmill::jobs
