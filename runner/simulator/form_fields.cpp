#include "runner/simulator/form_fields.hpp"

#include <boost/json/array.hpp>
#include <charconv>
#include <optional>

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

json::string to_json(std::string_view text) {
  return json::string(text.data(), text.size());
}

template <class Number>
std::optional<Number> read(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

json::value typed(std::string_view text, value_kind kind) {
  if (kind == value_kind::boolean && (text == "true" || text == "false")) return text == "true";
  if (kind == value_kind::integer)
    if (const auto value = read<std::int64_t>(text)) return *value;
  if (kind == value_kind::decimal)
    if (const auto value = read<double>(text)) return *value;
  return to_json(text);
}

}  // namespace

json::object fields_of(const form_data& form) {
  json::object fields;
  for (const auto& part : form.parts) {
    if (part.is_file) continue;
    std::string_view name = part.name;
    const bool many = name.ends_with("[]");
    if (many) name.remove_suffix(2);
    auto& field = fields[json::string_view(name.data(), name.size())];
    if (!many) {
      field = to_json(part.content);
      continue;
    }
    if (!field.is_array()) field = json::array();
    field.get_array().push_back(to_json(part.content));
  }
  return fields;
}

json::object typed_fields(const json::object& fields, std::span<const parameter> rules) {
  json::object result = fields;
  for (const auto& rule : rules) {
    auto* value = result.if_contains(json::string_view(rule.name.data(), rule.name.size()));
    if (!value || !value->is_string()) continue;
    const std::string text(view(value->get_string()));
    *value = typed(text, rule.kind);
  }
  return result;
}

}  // namespace batchmill::simulator_detail
