#include "runner/simulator/chat_answer.hpp"

#include <algorithm>
#include <utility>

#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/label_choice.hpp"
#include "runner/simulator/labels.hpp"
#include "runner/simulator/prose.hpp"
#include "runner/simulator/schema_sample.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

struct prompt_labels {
  prompt_labels() = default;

  std::vector<label> labels;
  std::vector<std::string_view> texts;  // what is to be classified: the user's, without the list
};

prompt_labels labels_of(const chat_request& request) {
  prompt_labels found;
  for (const auto text : request.instructions)
    if (found.labels.empty()) found.labels = find_labels(text).labels;
  for (const auto text : request.user_texts) {
    label_list list;
    if (found.labels.empty()) list = find_labels(text);
    if (list.labels.empty()) {
      found.texts.push_back(text);
      continue;
    }
    found.labels = list.labels;
    found.texts.push_back(text.substr(0, list.begin));
    found.texts.push_back(text.substr(list.end));
  }
  return found;
}

std::string classify_or_say(const chat_request& request, dice& die) {
  const auto found = labels_of(request);
  const auto hash = die.next();
  if (found.labels.empty()) return some_sentence(die);
  return std::string(found.labels[choose_label(found.labels, found.texts, hash)].name);
}

std::string any_object(const chat_request& request, dice& die) {
  std::string out;
  json_writer json(out, json_layout::compact);
  json.open_object().key("answer").text(classify_or_say(request, die));
  json.key("confidence").real(static_cast<double>(50 + die.below(50)) / 100);
  json.close_object();
  return out;
}

std::string by_schema(const chat_request& request, dice& die) {
  if (!request.schema)
    return request.shape == answer_shape::tool_call ? "{}" : any_object(request, die);
  const auto choose = [&](std::span<const std::string_view> texts, dice& d) {
    std::vector<label> labels;
    for (const auto text : texts) labels.push_back({text, {}});
    return choose_label(labels, request.user_texts, d.next());
  };
  return sample_schema(*request.schema, die, choose);
}

std::string whole_text(const chat_request& request, dice& die) {
  if (!request.learned.empty() && request.shape != answer_shape::tool_call)
    return std::string(request.learned);
  switch (request.shape) {
    case answer_shape::json_object:
      return any_object(request, die);
    case answer_shape::json_schema:
    case answer_shape::tool_call:
      return by_schema(request, die);
    case answer_shape::text:
      break;
  }
  return classify_or_say(request, die);
}

/// Text that fits no schema with required members and is none of the labels: in each of the ways in
/// which models go wrong.
std::string spoiled(std::string text, dice& die) {
  switch (die.below(3)) {
    case 0:  // wrapped in talk
      return "Sure! Here is the answer: " + text;
    case 1: {  // under a name of its own
      std::string out;
      json_writer json(out, json_layout::compact);
      json.open_object().key("unexpected").text(text).close_object();
      return out;
    }
    default:  // broken off
      return "{\"" +
             std::string(first_characters(text, static_cast<std::int64_t>(text.size() / 2)));
  }
}

void stop_at(std::string& text, const std::vector<std::string_view>& stops) {
  for (const auto stop : stops)
    if (!stop.empty()) text.resize(std::min(text.find(stop), text.size()));
}

}  // namespace

chat_choice make_choice(const chat_request& request, dice& die) {
  chat_choice choice;
  choice.text = whole_text(request, die);
  if (request.off_schema) choice.text = spoiled(std::move(choice.text), die);
  stop_at(choice.text, request.stops);
  choice.tokens = std::max<std::int64_t>(1, estimate_tokens(choice.text));
  if (request.max_tokens == 0 || choice.tokens <= request.max_tokens) return choice;
  choice.cut = true;
  choice.tokens = request.max_tokens;
  choice.text.resize(first_characters(choice.text, request.max_tokens * 4).size());
  return choice;
}

}  // namespace batchmill::simulator_detail
