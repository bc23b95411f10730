#include "runner/simulator/batches/validation.hpp"

#include <fmt/format.h>

#include <utility>

#include "batchmill/json_text.hpp"
#include "runner/simulator/dice.hpp"
#include "runner/simulator/models.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::size_t most_lines = 50'000, most_errors = 100;
constexpr std::int64_t most_inputs = 50'000;
constexpr std::string_view embeddings = "/v1/embeddings";

// Texts or arrays of tokens; one array of tokens is one input.
std::int64_t inputs_in(std::string_view body) {
  const auto input = json::member(body, "input");
  if (!input || json::kind_of(*input) != json::kind::array) return 1;
  std::int64_t count = 0;
  bool tokens = false;
  json::for_each_element(*input, [&](std::string_view element) {
    ++count;
    tokens = json::kind_of(element) == json::kind::number;
    return !tokens;
  });
  return tokens ? 1 : count;
}

/// A request may ask for its refusal: {"metadata":{"simulate_refusal":"true"}}.
bool asks_for_refusal(std::string_view body) {
  const auto metadata = json::member(body, "metadata");
  return metadata && json::member(*metadata, "simulate_refusal") == R"("true")";
}

bool may_be_batched(const std::string& model) {
  const auto facts = find_model(model);
  return facts && facts->kind != model_kind::audio;
}

}  // namespace

validation::validation(file_content input, std::string endpoint, line_executor* executor)
    : reader_(std::move(input)), endpoint_(std::move(endpoint)), executor_(executor) {}

bool validation::work(work_slice& slice) {
  while (!done_ && !slice.is_used_up()) {
    const auto text = reader_.next();
    lines_.push_back(reader_.begin());
    if (!text) {
      finish();
      break;
    }
    check(*text);
    slice.spend(text->size());
  }
  return done_;
}

void validation::check(std::string_view text) {
  if (lines_.size() > most_lines) return;
  batch_line line;
  const auto number = static_cast<std::int64_t>(lines_.size());
  if (auto error = read_batch_line(text, number, endpoint_, line))
    note(std::move(error->code), std::move(error->message), number);
  else
    check_line(line);
}

void validation::check_line(const batch_line& line) {
  if (!custom_ids_.insert(hash_text(line.custom_id)).second)
    note("duplicate_custom_id",
         fmt::format("The custom_id {} of this request is a duplicate of another request's. The "
                     "custom_id must be unique for each request in a batch.",
                     line.custom_id),
         static_cast<std::int64_t>(lines_.size()));
  check_model(line);
  if (asks_for_refusal(line.body))
    note("invalid_request", "This request asked for its refusal.",
         static_cast<std::int64_t>(lines_.size()));
  if (endpoint_ == embeddings) inputs_ += inputs_in(line.body);
  if (executor_) tokens_ += executor_->prompt_tokens(endpoint_, line.body);
}

void validation::check_model(const batch_line& line) {
  const auto number = static_cast<std::int64_t>(lines_.size());
  if (model_.empty()) {
    model_ = line.model;
    model_known_ = model_.empty() || may_be_batched(model_);
  }
  if (line.model != model_)
    note("mismatched_model",
         fmt::format("The model '{}' of this request is not '{}' as in the requests before it. A "
                     "batch is for one model.",
                     line.model, model_),
         number);
  else if (!model_known_)
    note("model_not_found",
         fmt::format("The provided model '{}' is not supported by the Batch API.", model_), number);
}

void validation::finish() {
  done_ = true;
  const auto count = lines_.size() - 1;
  if (count == 0) note("empty_file", "The input file has no requests.", 0);
  if (count > most_lines)
    note("too_many_tasks",
         fmt::format("The input file has {} requests, but the maximum for a batch is {}.", count,
                     most_lines),
         0);
  if (inputs_ > most_inputs)
    note("too_many_tasks",
         fmt::format("The requests have {} embedding inputs together, but the maximum for a batch "
                     "is {}.",
                     inputs_, most_inputs),
         0);
  custom_ids_ = {};
}

void validation::note(std::string code, std::string message, std::int64_t line) {
  if (line == 0 || errors_.size() < most_errors)
    errors_.emplace_back(std::move(code), std::move(message), line);
}

}  // namespace batchmill::simulator_detail
