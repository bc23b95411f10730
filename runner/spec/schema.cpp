// The JSON Schema of the spec, made from the table of keys, for editors.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "batchmill/duration.hpp"
#include "batchmill/job_spec.hpp"
#include "runner/spec/json_text.hpp"
#include "runner/spec/keys.hpp"

namespace batchmill {

namespace {

using spec::key;
using spec::quote_json;
using spec::text_rule;

constexpr std::string_view digit_groups =
    R"({"type":"string","pattern":"^[1-9][0-9]*(_[0-9]+)+$"})";
constexpr std::string_view percentage =
    R"({"type":"string","pattern":"^(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?) ?%$"})";
constexpr std::string_view time_text =
    R"({"type":"string","pattern":"^(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|ms|s|m|h|d))+$"})";

constexpr std::string_view dollars =
    R"({"type":"string","pattern":"^(\\$[0-9_]+(\\.[0-9]+)?|[0-9_]+(\\.[0-9]+)?( ?USD)?)$"})";

constexpr std::string_view memory_text =
    R"({"type":"string","pattern":"^[0-9_]+(\\.[0-9]+)?( ?([kK]B|MB|GB))?$"})";

/// What is said about a value: members of its schema, such as "type":"string".
using members = std::vector<std::string>;

std::string object(const members& m) {
  return fmt::format("{{{}}}", fmt::join(m, ","));
}

std::string number(std::string_view type, const spec::range& allowed) {
  members m{fmt::format(R"("type":"{}")", type),
            fmt::format(R"("{}":{})", allowed.least_excluded ? "exclusiveMinimum" : "minimum",
                        allowed.least)};
  if (allowed.most <= 1e15) m.push_back(fmt::format(R"("maximum":{:.0f})", allowed.most));
  return object(m);
}

members any_of(std::vector<std::string> choices, const key& k) {
  if (k.may_be_auto) choices.push_back(R"({"const":"auto"})");
  return {fmt::format(R"("anyOf":[{}])", fmt::join(choices, ","))};
}

template <class Enumeration>
members names() {
  std::vector<std::string> quoted;
  for (const auto name : spec::names_of(Enumeration{})) quoted.push_back(quote_json(name));
  return {R"("type":"string")", fmt::format(R"("enum":[{}])", fmt::join(quoted, ","))};
}

std::string_view pattern(text_rule rule) {
  switch (rule) {
    case text_rule::any:
      return "^.+$";
    case text_rule::file_name:
      return "^[^/]+$";
    case text_rule::endpoint:
      return "^/[^ ]*$";
    case text_rule::url:
      return "^https?://[^ /?#@]+(/[^ ?#]*)?$";
    case text_rule::variable:
      return "^[A-Za-z_][A-Za-z0-9_]*$";
    case text_rule::version:
      return "^[A-Za-z0-9.-]+$";
    case text_rule::deadline:
      return "^(([01][0-9]|2[0-3]):[0-5][0-9]|([0-9.]+(ns|us|µs|ms|s|m|h|d))+)$";
  }
  return "";
}

members text(const key& k) {
  return {R"("type":"string")", R"("pattern":)" + quote_json(pattern(k.rule))};
}

// The type of a field, as a schema.

members type_of(const key& k, const std::string*) {
  return text(k);
}
members type_of(const key& k, const std::vector<std::string>*) {
  const auto one = object(text(k));
  return any_of({one, fmt::format(R"({{"type":"array","items":{},"minItems":1}})", one)}, k);
}
members type_of(const key&, const std::optional<row_format>*) {
  return names<row_format>();
}
template <class Enumeration>
requires std::is_enum_v<Enumeration> members type_of(const key&, const Enumeration*) {
  return names<Enumeration>();
}
template <class Integer>
members type_of(const key& k, const std::optional<Integer>*) {
  return any_of({number("integer", k.allowed), std::string(digit_groups)}, k);
}
members type_of(const key&, const finish_rule*) {
  return names<finish_rule>();
}
members type_of(const key& k, const schema_source*) {
  return any_of({R"({"type":"object"})", object(text(k))}, k);
}
members type_of(const key& k, const models_source*) {
  return text(k);
}
members type_of(const key& k, const std::optional<money>*) {
  return any_of({number("number", k.allowed), std::string(dollars)}, k);
}
members type_of(const key&, const number_type*) {
  return names<number_type>();
}
members type_of(const key&, const long_text*) {
  return names<long_text>();
}
members type_of(const key& k, const std::optional<double>*) {
  return any_of({number("number", k.allowed), std::string(digit_groups)}, k);
}
members type_of(const key& k, const double*) {
  return any_of({number("number", k.allowed), std::string(percentage)}, k);
}
members type_of(const key& k, const duration*) {
  return any_of({number("number", k.allowed), std::string(time_text)}, k);
}
members type_of(const key& k, const std::optional<duration>*) {
  return type_of(k, static_cast<const duration*>(nullptr));
}
members type_of(const key& k, const byte_size*) {
  return any_of({number("number", k.allowed), std::string(memory_text)}, k);
}
members type_of(const key&, const spec::header_list*) {
  return {R"("type":"object")", R"("additionalProperties":{"type":"string"})"};
}
members type_of(const key&, const json_fragment*) {
  return {R"("type":"object")"};
}
members type_of(const key&, const bool*) {
  return {R"("type":"boolean")"};
}
members type_of(const key& k, const std::optional<bool>*) {
  return any_of({R"({"type":"boolean"})"}, k);
}
template <class Integer>
requires std::is_integral_v<Integer> members type_of(const key& k, const Integer*) {
  return any_of({number("integer", k.allowed), std::string(digit_groups)}, k);
}

// The default of a field as JSON; empty where absence is no value.

std::string default_of(const std::string& value) {
  return value.empty() ? "" : quote_json(value);
}
template <class Enumeration>
requires std::is_enum_v<Enumeration> std::string default_of(const Enumeration& value) {
  return quote_json(spec::names_of(value)[static_cast<std::size_t>(value)]);
}
std::string default_of(const duration& value) {
  return quote_json(format_duration(value));
}
std::string default_of(const bool& value) {
  return value ? "true" : "false";
}
std::string default_of(const double& value) {
  return fmt::format("{}", value);
}
std::string default_of(const unsigned& value) {
  return std::to_string(value);
}
std::string default_of(const std::uint64_t& value) {
  return std::to_string(value);
}
std::string default_of(const byte_size& value) {
  return fmt::format(R"("{}MB")", value.bytes / 1'000'000);
}
std::string default_of(const std::optional<duration>&) {
  return R"("auto")";
}
std::string default_of(const std::optional<bool>&) {
  return R"("auto")";
}
std::string default_of(const std::optional<unsigned>&) {
  return R"("auto")";
}
std::string default_of(const std::optional<double>&) {
  return R"("auto")";
}
template <class Other>
requires(!std::is_enum_v<Other>) std::string default_of(const Other&) {
  return "";
}

std::string schema_of(const key& k);

std::string schema_of_section(std::string_view path, members m) {
  std::vector<std::string> properties;
  std::vector<std::string> required;
  for (const auto* k : spec::keys_under(path)) {
    properties.push_back(quote_json(k->name()) + ":" + schema_of(*k));
    bool needed = k->required;
    for (const auto* below : spec::keys_under(k->path)) needed = needed || below->required;
    if (needed) required.push_back(quote_json(k->name()));
  }
  // A section may be left empty, its keys commented out.
  const bool may_be_empty = required.empty() && !path.empty();
  if (!path.empty() && spec::may_be_auto(path)) {
    m.emplace_back(R"("type":["object","null","string"],"pattern":"^auto$")");
  } else {
    m.emplace_back(may_be_empty ? R"("type":["object","null"])" : R"("type":"object")");
  }
  m.push_back(fmt::format(R"("properties":{{{}}})", fmt::join(properties, ",")));
  if (!required.empty()) m.push_back(fmt::format(R"("required":[{}])", fmt::join(required, ",")));
  m.emplace_back(R"("additionalProperties":false)");
  return object(m);
}

std::string schema_of(const key& k) {
  members m{R"("description":)" + quote_json(k.description)};
  if (k.is_section()) return schema_of_section(k.path, std::move(m));
  job_spec defaults;
  const auto field = k.field(defaults);
  for (auto& member : std::visit([&](const auto* f) { return type_of(k, f); }, field))
    m.push_back(std::move(member));
  const auto value = std::visit([](const auto* f) { return default_of(*f); }, field);
  if (!value.empty()) m.push_back(R"("default":)" + value);
  return object(m);
}

/// Compact JSON, laid out for people.
std::string indented(std::string_view json) {
  std::string out;
  std::string line = "\n";
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') in_string = !in_string;
    if (!in_string && (c == '}' || c == ']')) {
      line.resize(line.size() - 2);
      out += line;
    }
    out += c;
    if (in_string && c == '\\') out += json[++i];
    if (in_string) continue;
    if (c == '{' || c == '[') line += "  ";
    if (c == '{' || c == '[' || c == ',') out += line;
    if (c == ':') out += ' ';
  }
  return out + '\n';
}

}  // namespace

std::string job_spec_schema() {
  return indented(schema_of_section(
      "", {R"("$schema":"http://json-schema.org/draft-07/schema#")", R"("title":"batchmill job")",
           R"("description":"A bulk job against the OpenAI API and compatible servers.")"}));
}

}  // namespace batchmill
