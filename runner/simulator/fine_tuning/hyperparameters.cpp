#include "runner/simulator/fine_tuning/hyperparameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runner/simulator/checks.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::string_view efforts[] = {"default", "low", "medium", "high"};
const parameter effort_rule{"reasoning_effort", value_kind::string, -unbounded, unbounded, efforts};

bool is_auto(const json::value& value) {
  return value.is_string() && view(value.get_string()) == "auto";
}

template <class Number>
refusal read_number(const json::object& given, const parameter& rule, const std::string& path,
                    std::optional<Number>& out) {
  const auto* value = find(given, rule.name);
  if (!value || is_auto(*value)) return {};
  const auto name = fmt::format("{}.{}", path, rule.name);
  if (auto error = check_value(*value, rule, name)) return error;
  out = value->to_number<Number>();
  return {};
}

// The bound itself is not allowed, which the table of rules cannot say.
refusal read_above(const json::object& given, const parameter& rule, const std::string& path,
                   std::optional<double>& out) {
  if (auto error = read_number(given, rule, path, out)) return error;
  if (!out || *out > rule.min) return {};
  return bad_parameter(fmt::format("{}.{}", path, rule.name),
                       fmt::format("Invalid '{}.{}': decimal below minimum value. Expected a value "
                                   "> {}, but got {} instead.",
                                   path, rule.name, rule.min, *out),
                       "decimal_below_min_value");
}

refusal refuse_strangers(const json::object& given, const std::string& path, tuning_method method) {
  for (const auto& member : given) {
    const std::string_view name = member.key();
    const bool common =
        name == "n_epochs" || name == "batch_size" || name == "learning_rate_multiplier";
    const bool of_dpo = method == tuning_method::dpo && name == "beta";
    const bool of_reinforcement = method == tuning_method::reinforcement &&
                                  (name == "compute_multiplier" || name == "eval_interval" ||
                                   name == "eval_samples" || name == "reasoning_effort");
    if (!common && !of_dpo && !of_reinforcement)
      return unknown_parameter(fmt::format("{}.{}", path, name));
  }
  return {};
}

template <class Number>
void write(json_writer& json, std::string_view name, const std::optional<Number>& value) {
  json.key(name);
  if (!value)
    json.text("auto");
  else if constexpr (std::is_same_v<Number, double>)
    json.real(*value);
  else
    json.integer(*value);
}

// As the cookbook guesses it.
std::int64_t epochs_for(std::int64_t examples) {
  constexpr std::int64_t target = 3, fewest = 100, most = 25'000;
  if (examples * target < fewest) return std::clamp<std::int64_t>(fewest / examples, 1, 25);
  if (examples * target > most) return std::max<std::int64_t>(1, most / examples);
  return target;
}

}  // namespace

std::string_view name_of(tuning_method method) {
  constexpr std::string_view names[] = {"supervised", "dpo", "reinforcement"};
  return names[static_cast<std::size_t>(method)];
}

refusal read_hyperparameters(const json::object& given, const std::string& path,
                             tuning_method method, hyperparameters& out) {
  if (auto error = refuse_strangers(given, path, method)) return error;
  if (auto error = read_number(given, {"n_epochs", value_kind::integer, 1, 50}, path, out.epochs))
    return error;
  if (auto error =
          read_number(given, {"batch_size", value_kind::integer, 1, 256}, path, out.batch_size))
    return error;
  if (auto error =
          read_above(given, {"learning_rate_multiplier", value_kind::decimal, 0}, path, out.rate))
    return error;
  if (auto error = read_above(given, {"beta", value_kind::decimal, 0, 2}, path, out.beta))
    return error;
  if (auto error = read_above(given, {"compute_multiplier", value_kind::decimal, 1e-5, 10}, path,
                              out.compute_multiplier))
    return error;
  if (auto error =
          read_number(given, {"eval_interval", value_kind::integer, 1}, path, out.eval_interval))
    return error;
  if (auto error =
          read_number(given, {"eval_samples", value_kind::integer, 1}, path, out.eval_samples))
    return error;
  const auto* effort = find(given, "reasoning_effort");
  if (!effort) return {};
  if (auto error = check_value(*effort, effort_rule, path + ".reasoning_effort")) return error;
  out.reasoning_effort = view(effort->get_string());
  return {};
}

void choose_open_ones(hyperparameters& parameters, tuning_method method, std::int64_t examples) {
  if (!parameters.epochs) parameters.epochs = epochs_for(examples);
  if (!parameters.batch_size)
    parameters.batch_size =
        std::clamp<std::int64_t>(std::llround(0.002 * double(examples)), 1, 256);
  if (!parameters.rate) parameters.rate = method == tuning_method::supervised ? 2.0 : 1.0;
  if (method == tuning_method::dpo && !parameters.beta) parameters.beta = 0.1;
  if (method != tuning_method::reinforcement) return;
  if (!parameters.compute_multiplier) parameters.compute_multiplier = 1.0;
  if (!parameters.eval_interval) parameters.eval_interval = 5;
  if (!parameters.eval_samples) parameters.eval_samples = 2;
}

void write_hyperparameters(json_writer& json, const hyperparameters& parameters,
                           tuning_method method) {
  json.open_object();
  write(json, "n_epochs", parameters.epochs);
  write(json, "batch_size", parameters.batch_size);
  write(json, "learning_rate_multiplier", parameters.rate);
  if (method == tuning_method::dpo) write(json, "beta", parameters.beta);
  if (method == tuning_method::reinforcement) {
    write(json, "compute_multiplier", parameters.compute_multiplier);
    write(json, "eval_interval", parameters.eval_interval);
    write(json, "eval_samples", parameters.eval_samples);
    json.key("reasoning_effort").text(parameters.reasoning_effort);
  }
  json.close_object();
}

}  // namespace batchmill::simulator_detail
