#include "runner/spec/tuning_spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include "batchmill/nearest_name.hpp"
#include "runner/spec/json_text.hpp"
#include "runner/spec/models_file.hpp"
#include "runner/spec/rules.hpp"
#include "runner/spec/scalars.hpp"
#include "runner/spec/secrets.hpp"
#include "runner/spec/section.hpp"
#include "runner/spec/yaml_file.hpp"
#include "runner/spec/yaml_tree.hpp"

namespace batchmill {
namespace {

using spec::node;
using spec::node_kind;

constexpr auto own_keys = std::to_array<std::string_view>(
    {"training_file", "validation_file", "model", "method", "hyperparameters", "grader", "suffix",
     "seed", "integrations", "metadata", "models", "api", "retry"});
constexpr auto shared_keys = std::to_array<std::string_view>({"models", "api", "retry"});
constexpr auto methods = std::to_array<std::string_view>({"supervised", "dpo", "reinforcement"});
constexpr std::size_t longest_suffix = 64;
constexpr std::size_t most_metadata = 14;  // two of the API's 16 are ours
constexpr double most_seed = 2'147'483'647, most_epochs = 50;

node parse_file(const std::string& path) {
  const spec::yaml_text text(spec::read_yaml_file(path, "name the YAML file of a fine-tuning job"),
                             path, true);
  auto root = spec::parse_yaml(text);
  if (root && root->kind == node_kind::mapping) return *std::move(root);
  spec::fail(root ? root->at : text.at(0, 0),
             "a fine-tuning job is a mapping of keys; begin with `training_file: train.jsonl`");
}

/// Somebody took another kind of spec for this one.
void refuse_other_kinds(const node& root) {
  if (root.find("training_file") != nullptr) return;
  const char* other = root.find("sources") != nullptr ? "batchmill finetune prepare"
                      : root.find("input") != nullptr ? "batchmill run"
                                                      : nullptr;
  if (other == nullptr) return;
  spec::fail(root.at, fmt::format("this is a spec of `{}`; that of a fine-tuning job begins with "
                                  "`training_file: train.jsonl`",
                                  other));
}

void refuse_unknown(const node& root) {
  for (const node& key : root.keys) {
    if (std::ranges::find(own_keys, key.text) != own_keys.end()) continue;
    if (spec::names_a_secret(key.text)) {
      spec::refuse_secret(
          key.at, fmt::format("`{}` holds the API key itself", spec::in_one_line(key.text)));
    }
    const auto near = nearest_name(key.text, own_keys);
    spec::fail(key.at,
               fmt::format("unknown key `{}`; {}", spec::describe(key),
                           near.empty() ? "remove it" : fmt::format("did you mean `{}`?", near)));
  }
}

std::string text_of(const node& root, std::string_view key) {
  const node* value = root.find(key);
  if (value == nullptr) return {};
  if (value->kind != node_kind::scalar || value->text.empty()) {
    spec::fail(value->at, fmt::format("`{}` must be a text, not {}", key, spec::describe(*value)));
  }
  return value->text;
}

std::string required_text(const node& root, std::string_view key, std::string_view example) {
  std::string text = text_of(root, key);
  if (text.empty()) {
    spec::fail(root.at,
               fmt::format("`{0}` is missing; add it, for example `{0}: {1}`", key, example));
  }
  return text;
}

std::string path_of(const node& root, std::string_view key, const std::string& text,
                    const job_spec& way, named_files files) {
  if (text.empty()) return {};
  const std::string path = way.resolve(text);
  if (files == named_files::may_be_gone || std::filesystem::is_regular_file(path)) return path;
  spec::fail(root.find(key)->at, fmt::format("there is no file {}; check `{}`", path, key));
}

std::optional<double> whole_number(const node& value, std::string_view key, double least,
                                   double most) {
  const auto number =
      value.kind == node_kind::scalar ? spec::parse_decimal(value.text) : std::nullopt;
  if (number && *number == std::floor(*number) && *number >= least && *number <= most)
    return number;
  spec::fail(value.at, fmt::format("`{}` must be a whole number from {} to {}, not {}", key, least,
                                   most, spec::describe(value)));
}

std::string json_of(const node& root, std::string_view key, node_kind kind, const char* what) {
  const node* value = root.find(key);
  if (value == nullptr) return {};
  if (value->kind == kind) return spec::to_json(*value).text;
  spec::fail(value->at, fmt::format("`{}` must be {}, not {}", key, what, spec::describe(*value)));
}

std::string method_of(const node& root) {
  const std::string given = text_of(root, "method");
  if (given.empty()) return "supervised";
  if (std::ranges::find(methods, given) != methods.end()) return given;
  spec::fail(root.find("method")->at,
             fmt::format("`method` must be supervised, dpo or reinforcement, not {}",
                         spec::describe(*root.find("method"))));
}

void check_grader(const node& root, const tuning_spec& job) {
  const bool graded = job.method == "reinforcement";
  if (graded && job.grader.empty()) {
    spec::fail(root.find("method")->at,
               "reinforcement needs a `grader`; add one, for example "
               "`grader: {type: string_check, name: label, input: "
               "\"{{sample.output_text}}\", reference: "
               "\"{{item.label}}\", operation: eq}`");
  }
  if (!graded && !job.grader.empty()) {
    spec::fail(root.find("grader")->at,
               "only `method: reinforcement` has a `grader`; remove it or change the method");
  }
}

void read_metadata(const node& root, tuning_spec& job) {
  const node* values = root.find("metadata");
  if (values == nullptr) return;
  if (values->kind != node_kind::mapping || values->items.size() > most_metadata) {
    spec::fail(values->at,
               fmt::format("`metadata` must be a mapping of at most {} texts", most_metadata));
  }
  for (std::size_t i = 0; i < values->items.size(); ++i) {
    const node& value = values->items[i];
    if (values->keys[i].text.starts_with("batchmill_")) {
      spec::fail(values->keys[i].at,
                 fmt::format("batchmill sets {} itself, to know its jobs again; remove it",
                             spec::describe(values->keys[i])));
    }
    if (value.kind != node_kind::scalar) {
      spec::fail(value.at,
                 fmt::format("values of `metadata` must be texts, not {}", spec::describe(value)));
    }
    job.metadata.emplace_back(values->keys[i].text, value.text);
  }
}

/// `api`, `retry` and `models` are as in a job spec.
void read_way(const node& root, const std::string& path, job_spec& way) {
  node shared;
  shared.kind = node_kind::mapping;
  shared.at = root.at;
  for (std::size_t i = 0; i < root.keys.size(); ++i) {
    if (std::ranges::find(shared_keys, root.keys[i].text) == shared_keys.end()) continue;
    shared.keys.push_back(root.keys[i]);
    shared.items.push_back(root.items[i]);
  }
  way.file = path;
  spec::read_section(shared, "", way);
  if (way.api.flavor == api_flavor::azure && spec::find_value(root, "api.key_env") == nullptr) {
    way.api.key_env = "AZURE_OPENAI_API_KEY";
  }
  spec::collect_marks(root, "", way.marks);
  if (!way.models.file.empty()) spec::read_models_file(way, *root.find("models"));
}

void read_numbers(const node& root, tuning_spec& job) {
  if (const node* seed = root.find("seed")) {
    job.seed = static_cast<std::int64_t>(*whole_number(*seed, "seed", 0, most_seed));
  }
  const node* parameters = root.find("hyperparameters");
  const node* epochs = parameters == nullptr ? nullptr : parameters->find("n_epochs");
  if (epochs == nullptr || epochs->text == "auto") return;
  job.epochs = static_cast<std::uint64_t>(
      *whole_number(*epochs, "hyperparameters.n_epochs", 1, most_epochs));
}

}  // namespace

tuning_spec load_tuning_spec(const std::string& path, named_files files) {
  const node root = parse_file(path);
  spec::refuse_keys(root);
  refuse_other_kinds(root);
  refuse_unknown(root);
  tuning_spec job;
  job.file = path;
  read_way(root, path, job.way);
  job.training_file = path_of(root, "training_file",
                              required_text(root, "training_file", "train.jsonl"), job.way, files);
  job.validation_file =
      path_of(root, "validation_file", text_of(root, "validation_file"), job.way, files);
  job.model = required_text(root, "model", "gpt-4.1-mini-2025-04-14");
  job.method = method_of(root);
  job.hyperparameters = json_of(root, "hyperparameters", node_kind::mapping, "a mapping");
  job.grader = json_of(root, "grader", node_kind::mapping, "a mapping");
  job.integrations = json_of(root, "integrations", node_kind::list, "a list");
  job.suffix = text_of(root, "suffix");
  if (job.suffix.size() > longest_suffix) {
    spec::fail(root.find("suffix")->at, fmt::format("`suffix` has {} characters; {} are allowed",
                                                    job.suffix.size(), longest_suffix));
  }
  read_numbers(root, job);
  read_metadata(root, job);
  check_grader(root, job);
  return job;
}

}  // namespace batchmill
