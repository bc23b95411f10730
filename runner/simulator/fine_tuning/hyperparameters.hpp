// How a model is to be trained: what the client says, and what the service chooses for "auto".
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runner/simulator/api_error.hpp"
#include "runner/simulator/json_writer.hpp"

namespace batchmill::simulator_detail {

enum class tuning_method { supervised, dpo, reinforcement };

std::string_view name_of(tuning_method method);

/// What is absent is "auto".
struct hyperparameters {
  hyperparameters() = default;

  std::optional<std::int64_t> epochs;
  std::optional<std::int64_t> batch_size;
  std::optional<double> rate;  // learning_rate_multiplier
  std::optional<double> beta;  // dpo
  // Reinforcement:
  std::optional<double> compute_multiplier;
  std::optional<std::int64_t> eval_interval;
  std::optional<std::int64_t> eval_samples;
  std::string reasoning_effort = "default";
};

/// `path` is the object's name in messages. Strangers are refused.
refusal read_hyperparameters(const boost::json::object& given, const std::string& path,
                             tuning_method method, hyperparameters& out);

/// Chooses what is left open, for a file of so many examples.
void choose_open_ones(hyperparameters& parameters, tuning_method method, std::int64_t examples);

/// The object with those of the method.
void write_hyperparameters(json_writer& json, const hyperparameters& parameters,
                           tuning_method method);

}  // namespace batchmill::simulator_detail
