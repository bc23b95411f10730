#include "runner/simulator/endpoints/chat.hpp"

#include <algorithm>

#include "runner/simulator/answer_parts.hpp"
#include "runner/simulator/chat_answer.hpp"
#include "runner/simulator/chat_parts.hpp"
#include "runner/simulator/chat_request.hpp"
#include "runner/simulator/chat_stream.hpp"
#include "runner/simulator/event_stream.hpp"
#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

void write_message(json_writer& json, const chat_request& request, const chat_choice& choice,
                   std::uint64_t hash) {
  json.open_object().key("role").text("assistant");
  if (request.shape == answer_shape::tool_call) {
    json.key("content").null().key("tool_calls").open_array().open_object();
    json.key("id").text(identifier("call_", hash)).key("type").text("function");
    json.key("function").open_object();
    json.key("name").text(request.tool).key("arguments").text(choice.text);
    json.close_object().close_object().close_array();
  } else {
    json.key("content").text(choice.text);
  }
  json.key("refusal").null();
  json.key("annotations").open_array().close_array().close_object();
}

std::int64_t write_choice(json_writer& json, const chat_request& request, std::int64_t index,
                          std::uint64_t hash) {
  dice die(hash_pair(hash, static_cast<std::uint64_t>(index)));
  const auto choice = make_choice(request, die);
  json.open_object().key("index").integer(index).key("message");
  write_message(json, request, choice, die.next());
  json.key("logprobs");
  if (request.logprobs && request.shape != answer_shape::tool_call)
    write_logprobs(json, request, pieces_of(choice.text), die);
  else
    json.null();
  json.key("finish_reason").text(choice.cut ? "length" : request.finish_reason).close_object();
  return choice.tokens;
}

reply answer(const chat_request& request, std::uint64_t hash) {
  reply r;
  r.body.reserve(1'024);
  json_writer json(r.body, json_layout::pretty);
  json.open_object();
  write_identity(json, request, "chat.completion", hash);
  json.key("choices").open_array();
  r.usage.prompt = request.prompt_tokens;
  for (std::int64_t i = 0; i < request.choices; ++i)
    r.usage.completion += write_choice(json, request, i, hash);
  json.close_array().key("usage");
  r.usage.total = r.usage.prompt + r.usage.completion;
  write_usage(json, r.usage);
  write_service(json, request);
  json.close_object();
  return r;
}

}  // namespace

admission_result chat(const call& c, const tuned_models& tuned) {
  chat_request request;
  if (auto error = check_chat(c.body, request)) return *std::move(error);
  request.learned = tuned.recall(request.model, request.user_texts);
  request.off_schema = c.off_schema;
  admission a;
  a.model = request.model;
  a.input_tokens = estimate_tokens(request.characters);
  a.output_tokens = request.choices * request.max_tokens;
  a.charged_tokens = std::max(a.output_tokens, a.input_tokens);
  a.answer = [request = std::move(request), hash = c.hash] {
    return request.streams ? stream_chat(request, hash) : answer(request, hash);
  };
  return a;
}

}  // namespace batchmill::simulator_detail
