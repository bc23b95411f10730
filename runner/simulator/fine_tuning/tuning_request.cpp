#include "runner/simulator/fine_tuning/tuning_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "batchmill/json_text.hpp"
#include "runner/simulator/checks.hpp"
#include "runner/simulator/models.hpp"
#include "runner/simulator/shared_checks.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::int64_t longest_suffix = 64;
constexpr std::size_t most_integrations = 5;
constexpr std::string_view methods[] = {"supervised", "dpo", "reinforcement"};
constexpr std::string_view graders[] = {"string_check", "text_similarity", "python", "score_model",
                                        "multi"};
constexpr std::string_view integration_types[] = {"wandb"};

const parameter parameters[] = {{"model", value_kind::string},
                                {"training_file", value_kind::string},
                                {"validation_file", value_kind::string},
                                {"suffix", value_kind::string},
                                {"seed", value_kind::integer, 0, 2'147'483'647},
                                {"method", value_kind::object},
                                {"hyperparameters", value_kind::object},
                                {"integrations", value_kind::array},
                                {"metadata", value_kind::object},
                                {"trainingType", value_kind::anything}};  // Azure's

// "gpt-4o" and its dated snapshots, not "gpt-4o-audio".
bool is_of(std::string_view name, std::string_view base) {
  if (!name.starts_with(base)) return false;
  name.remove_prefix(base.size());
  return name.empty() || (name.size() > 1 && name[0] == '-' && is_digit(name[1]));
}

bool is_of_any(std::string_view name, std::initializer_list<std::string_view> bases) {
  return std::ranges::any_of(bases, [&](std::string_view base) { return is_of(name, base); });
}

// A model that was tuned may be tuned further.
std::string_view base_of(std::string_view model) {
  if (!model.starts_with("ft:")) return model;
  model.remove_prefix(3);
  return model.substr(0, model.find(':'));
}

bool is_tunable(std::string_view model, tuning_method method) {
  const auto base = base_of(model);
  if (base.find('/') != std::string_view::npos) return method != tuning_method::reinforcement;
  const bool newer =
      is_of_any(base, {"gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o", "gpt-4o-mini"});
  switch (method) {
    case tuning_method::supervised:
      return newer || is_of_any(base, {"gpt-3.5-turbo", "babbage-002", "davinci-002"});
    case tuning_method::dpo:
      return newer;
    case tuning_method::reinforcement:
      return is_of(base, "o4-mini");
  }
  return false;
}

refusal check_model(std::string_view model, tuning_method method) {
  if (is_tunable(model, method)) return {};
  for (const auto other : {tuning_method::supervised, tuning_method::reinforcement})
    if (is_tunable(model, other))
      return bad_parameter("method",
                           fmt::format("The fine-tuning method '{}' is not supported for model {}.",
                                       name_of(method), model),
                           "unsupported_method");
  return bad_parameter(
      "model", fmt::format("Model {} is not available for fine-tuning or does not exist.", model),
      "model_not_available");
}

// Of the request as it came: what passes through is not written anew.
std::string raw_of(std::string_view object, std::initializer_list<std::string_view> path) {
  for (const auto name : path) object = batchmill::json::member(object, name).value_or("");
  std::string out;
  if (!object.empty()) batchmill::json::minify(object, out);
  return out;
}

refusal read_grader(const call& c, const json::object& own, tuning_facts& facts) {
  const std::string path = "method.reinforcement.grader";
  if (auto error = need_object(own, "grader", path)) return error;
  const auto& grader = find(own, "grader")->get_object();
  const auto* type = find(grader, "type");
  if (!type) return missing_parameter(path + ".type");
  const parameter rule{"type", value_kind::string, -unbounded, unbounded, graders};
  if (auto error = check_value(*type, rule, path + ".type")) return error;
  facts.grader = raw_of(c.request.body, {"method", "reinforcement", "grader"});
  return {};
}

refusal read_method(const call& c, tuning_facts& facts) {
  const auto* method = find(c.body, "method");
  if (!method) return {};
  const auto& given = method->get_object();
  const auto* type = find(given, "type");
  if (!type) return missing_parameter("method.type");
  const parameter rule{"type", value_kind::string, -unbounded, unbounded, methods};
  if (auto error = check_value(*type, rule, "method.type")) return error;
  const auto name = view(type->get_string());
  facts.method = static_cast<tuning_method>(std::ranges::find(methods, name) - std::begin(methods));
  const auto path = fmt::format("method.{}", name);
  const auto* own = find(given, name);
  if (!own)
    return facts.method == tuning_method::reinforcement ? refusal(missing_parameter(path))
                                                        : refusal();
  if (auto error = need_object(given, name, path)) return error;
  if (facts.method == tuning_method::reinforcement)
    if (auto error = read_grader(c, own->get_object(), facts)) return error;
  const auto* values = find(own->get_object(), "hyperparameters");
  if (!values) return {};
  if (auto error = need_object(own->get_object(), "hyperparameters", path + ".hyperparameters"))
    return error;
  return read_hyperparameters(values->get_object(), path + ".hyperparameters", facts.method,
                              facts.parameters);
}

// As they were given before there were methods.
refusal read_older_ones(const json::object& body, tuning_facts& facts) {
  const auto* values = find(body, "hyperparameters");
  if (!values || find(body, "method")) return {};
  return read_hyperparameters(values->get_object(), "hyperparameters", facts.method,
                              facts.parameters);
}

refusal read_integrations(const call& c, tuning_facts& facts) {
  const auto* list = find(c.body, "integrations");
  if (!list) return {};
  const auto& items = list->get_array();
  if (items.size() > most_integrations)
    return bad_parameter("integrations",
                         fmt::format("Invalid 'integrations': array too long. Expected an array "
                                     "with maximum length {}, but got an array with length {} "
                                     "instead.",
                                     most_integrations, items.size()),
                         "array_above_max_length");
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto path = fmt::format("integrations[{}]", i);
    if (!items[i].is_object()) return invalid_type(path, "an object", type_of(items[i]));
    const auto& item = items[i].get_object();
    const parameter rule{"type", value_kind::string, -unbounded, unbounded, integration_types};
    const auto* type = find(item, "type");
    if (!type) return missing_parameter(path + ".type");
    if (auto error = check_value(*type, rule, path + ".type")) return error;
    if (auto error = need_object(item, "wandb", path + ".wandb")) return error;
    if (!find(find(item, "wandb")->get_object(), "project"))
      return missing_parameter(path + ".wandb.project");
  }
  facts.integrations = raw_of(c.request.body, {"integrations"});
  return {};
}

void read_metadata(const json::object& body, tuning_facts& facts) {
  const auto* metadata = find(body, "metadata");
  if (!metadata) return;
  for (const auto& [name, value] : metadata->get_object())
    facts.metadata.emplace_back(name, view(value.get_string()));
}

std::string snapshot_of(std::string_view model) {
  const auto known = find_model(model);
  return std::string(known && !known->snapshot.empty() ? known->snapshot : model);
}

}  // namespace

refusal read_tuning_request(const call& c, tuning_facts& facts) {
  if (auto error = refuse_unknown(c.body, parameters)) return error;
  for (const auto* name : {"model", "training_file"})
    if (!find(c.body, name)) return missing_parameter(name);
  if (auto error = check_parameters(c.body, parameters)) return error;
  if (auto error = check_metadata_values(c.body)) return error;
  if (auto error = read_method(c, facts)) return error;
  if (auto error = read_older_ones(c.body, facts)) return error;
  if (auto error = check_model(string_or(c.body, "model", ""), facts.method)) return error;
  facts.suffix = string_or(c.body, "suffix", "");
  if (find(c.body, "suffix"))
    if (auto error = check_length("suffix", facts.suffix, longest_suffix)) return error;
  if (auto error = read_integrations(c, facts)) return error;
  facts.model = snapshot_of(string_or(c.body, "model", ""));
  facts.training_file = string_or(c.body, "training_file", "");
  facts.validation_file = string_or(c.body, "validation_file", "");
  facts.seed = integer_or(c.body, "seed", -1);
  read_metadata(c.body, facts);
  return {};
}

}  // namespace batchmill::simulator_detail
