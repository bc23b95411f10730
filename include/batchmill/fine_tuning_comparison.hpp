// How well models answer the prompts of a validation file: what they are asked, and what their
// answers are worth.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "batchmill/clock.hpp"
#include "batchmill/fine_tuning.hpp"
#include "batchmill/models.hpp"
#include "batchmill/money.hpp"
#include "batchmill/outcome.hpp"

namespace batchmill::fine_tuning {

/// An example of a validation file, parted into a question and its answer.
struct comparison_prompt {
  comparison_prompt() = default;

  std::uint64_t line = 0;  // in the file, from 1
  std::string body;        // of the request, without a model; its custom_id is "line-7"
  std::string shown;       // the beginning of what the user said last
  bool has_reference = false;
  std::string reference;  // the text that is the answer
  std::string calls;      // raw list of tool calls, where these are the answer
};

struct prompt_list {
  prompt_list() = default;

  std::string file;
  method how = method::supervised;
  std::vector<comparison_prompt> prompts;

  /// Where they are sent.
  std::string endpoint() const {
    return how == method::completion ? "/v1/completions" : "/v1/chat/completions";
  }
};

/// What a model is asked is everything before the last message of the assistant that is not masked
/// by a weight of 0. Throws usage_error with the place of a line that is no example.
prompt_list read_prompts(const std::string& path);

/// The answers of a model: a results file of a run over the prompts, a line for each.
struct model_answers {
  model_answers() = default;

  std::string model;
  std::string results;             // path
  std::optional<model_info> info;  // for the cost
  billing how = billing::online;
};

struct model_score {
  model_score() = default;

  std::string model;
  std::uint64_t failed = 0;       // prompts without an answer; they count as wrong
  std::uint64_t exact = 0;        // answers that are the reference
  std::uint64_t right_label = 0;  // the same without regard to case and punctuation
  std::uint64_t no_label = 0;     // answers that are none of the labels
  std::uint64_t valid = 0;        // answers that fit the schema, or are JSON
  std::uint64_t gained = 0;       // right where the first model is wrong
  std::uint64_t lost = 0;         // wrong where the first model is right
  token_usage tokens;
  std::optional<money> cost;  // by the catalogue; nothing: not known
  duration latency_p50{};     // the caller's to fill in; zero: not known
  duration latency_p95{};
};

struct label_score {
  label_score() = default;

  std::string label;
  std::uint64_t prompts = 0;         // whose reference it is
  std::vector<std::uint64_t> right;  // of these, for each model
  std::vector<std::uint64_t> said;   // answers that are this label, for each model
};

/// A prompt that models answered differently.
struct answer_difference {
  answer_difference() = default;

  std::uint64_t line = 0;
  std::string shown;
  std::string reference;             // calls as JSON
  std::vector<std::string> answers;  // of each model
  std::vector<bool> right;
};

/// What do answers have to be, beside right?
enum class validity {
  any,
  json,    // an object or a list, as all references are
  schema,  // what fits the schema that was given
};

struct comparison {
  comparison() = default;

  std::string file;
  std::uint64_t prompts = 0;
  std::uint64_t references = 0;  // prompts with a reference
  validity judged = validity::any;
  std::vector<model_score> models;
  std::vector<label_score> labels;  // the most frequent first; empty: the references are texts
  std::uint64_t different = 0;      // prompts that models answered differently
  std::vector<answer_difference> differences;  // the first of them; those judged differently first
};

struct comparison_options {
  comparison_options() = default;

  std::string schema;        // JSON Schema of the answers; empty: none
  std::string schema_place;  // for messages
  std::size_t shown = 5;     // differences that are kept
};

/// Results of more prompts may follow. Throws usage_error when a results file is not of these, or
/// the schema is none.
comparison compare(const prompt_list& list, const std::vector<model_answers>& models,
                   const comparison_options& options = {});

}  // namespace batchmill::fine_tuning
