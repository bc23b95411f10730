#include "runner/simulator/shared_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/schema_rules.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_name = 64;

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_name &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_digit(c) || c == '_' || c == '-' || (lower(c) >= 'a' && lower(c) <= 'z');
         });
}

}  // namespace

refusal check_fixed_sampling(const json::object& body) {
  constexpr std::pair<std::string_view, double> defaults[] = {
      {"temperature", 1}, {"top_p", 1}, {"presence_penalty", 0}, {"frequency_penalty", 0}};
  for (const auto& [name, only] : defaults) {
    const auto* value = find(body, name);
    if (!value || value->to_number<double>() == only) continue;
    return bad_parameter(name,
                         fmt::format("Unsupported value: '{}' does not support {} with this model. "
                                     "Only the default ({}) value is supported.",
                                     name, value->to_number<double>(), only),
                         "unsupported_value");
  }
  if (!boolean_or(body, "logprobs", false)) return {};
  return bad_parameter("logprobs",
                       "Unsupported parameter: 'logprobs' is not supported with this model.",
                       "unsupported_parameter");
}

refusal check_stop(const json::object& body, std::vector<std::string_view>& stops) {
  constexpr std::size_t most = 4;
  const auto* stop = find(body, "stop");
  if (!stop) return {};
  if (const auto* one = stop->if_string()) {
    stops.push_back(view(*one));
    return {};
  }
  const auto* list = stop->if_array();
  if (!list) return invalid_type("stop", "one of a string or array of strings", type_of(*stop));
  if (list->size() > most)
    return bad_parameter("stop",
                         fmt::format("Invalid 'stop': array too long. Expected an array with "
                                     "maximum length {}, but got an array with length {} instead.",
                                     most, list->size()),
                         "array_above_max_length");
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto& item = (*list)[i];
    if (!item.is_string())
      return invalid_type(fmt::format("stop[{}]", i), "a string", type_of(item));
    stops.push_back(view(item.get_string()));
  }
  return {};
}

refusal check_metadata_values(const json::object& body) {
  constexpr std::size_t most_pairs = 16;
  constexpr std::int64_t longest_value = 512;
  const auto* metadata = find(body, "metadata");
  if (!metadata) return {};
  if (!metadata->is_object()) return invalid_type("metadata", "an object", type_of(*metadata));
  const auto& pairs = metadata->get_object();
  if (pairs.size() > most_pairs)
    return bad_parameter("metadata",
                         fmt::format("Invalid 'metadata': too many properties. Expected an object "
                                     "with at most {} properties, but got an object with {} "
                                     "properties instead.",
                                     most_pairs, pairs.size()),
                         "object_above_max_properties");
  for (const auto& [key, value] : pairs) {
    const auto path = "metadata." + std::string(key);
    if (!value.is_string()) return invalid_type(path, "a string", type_of(value));
    if (!value.get_string().empty())
      if (auto error = check_length(path, view(value.get_string()), longest_value)) return error;
  }
  return {};
}

refusal check_stream(const json::object& body, bool& streams, bool& usage) {
  streams = boolean_or(body, "stream", false);
  const auto* options = find(body, "stream_options");
  if (!options) return {};
  if (!streams)
    return bad_parameter(
        "stream_options",
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
  for (const std::string_view name : {"include_usage", "include_obfuscation"})
    if (const auto* value = find(options->get_object(), name))
      if (auto error = check_value(*value, {name, value_kind::boolean},
                                   fmt::format("stream_options.{}", name)))
        return error;
  usage = boolean_or(options->get_object(), "include_usage", false);
  return {};
}

api_error context_exceeded(std::int64_t context, std::int64_t prompt, std::int64_t completion) {
  return bad_parameter(
      "", fmt::format("This model's maximum context length is {} tokens, however you requested {} "
                      "tokens ({} in your prompt; {} for the completion). Please reduce your "
                      "prompt; or completion length.",
                      context, prompt + completion, prompt, completion));
}

refusal need_object(const json::object& owner, std::string_view name, const std::string& path) {
  const auto* value = find(owner, name);
  if (!value) return missing_parameter(path);
  return check_value(*value, {name, value_kind::object}, path);
}

refusal read_typed_part(const json::value& value, std::span<const std::string_view> types,
                        const std::string& path, typed_part& part) {
  if (!value.is_object()) return invalid_type(path, "an object", type_of(value));
  const auto& members = value.get_object();
  const auto* type = find(members, "type");
  if (!type) return missing_parameter(path + ".type");
  const parameter rule{"type", value_kind::string, -unbounded, unbounded, types};
  if (auto error = check_value(*type, rule, path + ".type")) return error;
  part.type = view(type->get_string());
  part.path = fmt::format("{}.{}", path, part.type);
  part.payload = find(members, part.type);
  if (!part.payload) return missing_parameter(part.path);
  return {};
}

refusal check_name(const json::object& owner, const std::string& path) {
  const auto* name = find(owner, "name");
  if (!name) return missing_parameter(path);
  if (auto error = check_value(*name, {"name", value_kind::string}, path)) return error;
  if (is_name(view(name->get_string()))) return {};
  return invalid_value(path, fmt::format("Invalid '{}': string does not match pattern. Expected a "
                                         "string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
                                         path));
}

refusal check_named_schema(const json::object& wanted, const std::string& path,
                           std::string_view param, const json::value*& schema) {
  if (auto error = check_name(wanted, path + ".name")) return error;
  if (!find(wanted, "schema")) return {};
  if (auto error = need_object(wanted, "schema", path + ".schema")) return error;
  schema = find(wanted, "schema");
  if (!boolean_or(wanted, "strict", false)) return {};
  const auto problem = find_strict_problem(*schema);
  if (problem.empty()) return {};
  return bad_parameter(param, fmt::format("Invalid schema for response_format '{}': {}",
                                          string_or(wanted, "name", ""), problem));
}

}  // namespace batchmill::simulator_detail
