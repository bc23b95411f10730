#include "runner/simulator/endpoints/chat.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "runner/simulator/answer_parts.hpp"
#include "runner/simulator/chat_answer.hpp"
#include "runner/simulator/chat_request.hpp"
#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

void write_token(json_writer& json, std::string_view token, double logprob) {
  json.key("token").text(token).key("logprob").real(logprob);
  json.key("bytes").open_array();
  for (const char byte : token) json.integer(static_cast<unsigned char>(byte));
  json.close_array();
}

// Tokens are four characters here, as the usage counts them. The first alternative is the token.
void write_logprobs(json_writer& json, const chat_request& request, std::string_view text,
                    dice& die) {
  json.open_object().key("content").open_array();
  while (!text.empty()) {
    const auto token = first_characters(text, 4);
    text.remove_prefix(token.size());
    const double logprob = -static_cast<double>(1 + die.below(1'000)) / 10'000;
    json.open_object();
    write_token(json, token, logprob);
    json.key("top_logprobs").open_array();
    for (std::int64_t i = 0; i < request.top_logprobs; ++i) {
      json.open_object();
      write_token(json, i == 0 ? token : fmt::format("{}{}", token, i),
                  logprob - static_cast<double>(i) * 2);
      json.close_object();
    }
    json.close_array().close_object();
  }
  json.close_array().key("refusal").null().close_object();
}

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
    write_logprobs(json, request, choice.text, die);
  else
    json.null();
  json.key("finish_reason").text(choice.cut ? "length" : request.finish_reason).close_object();
  return choice.tokens;
}

void write_usage(json_writer& json, const token_usage& usage) {
  json.open_object();
  json.key("prompt_tokens").integer(usage.prompt);
  json.key("completion_tokens").integer(usage.completion);
  json.key("total_tokens").integer(usage.total);
  json.key("prompt_tokens_details").open_object();
  json.key("cached_tokens").integer(0).key("audio_tokens").integer(0).close_object();
  json.key("completion_tokens_details").open_object();
  for (const auto name : {"reasoning_tokens", "audio_tokens", "accepted_prediction_tokens",
                          "rejected_prediction_tokens"})
    json.key(name).integer(0);
  json.close_object().close_object();
}

reply answer(const chat_request& request, std::uint64_t hash) {
  reply r;
  r.body.reserve(1'024);
  json_writer json(r.body, json_layout::pretty);
  json.open_object().key("id").text(identifier("chatcmpl-", hash));
  json.key("object").text("chat.completion");
  json.key("created").integer(creation_time(hash));
  json.key("model").text(request.facts.snapshot.empty() ? request.model : request.facts.snapshot);
  json.key("choices").open_array();
  r.usage.prompt = request.prompt_tokens;
  for (std::int64_t i = 0; i < request.choices; ++i)
    r.usage.completion += write_choice(json, request, i, hash);
  json.close_array().key("usage");
  r.usage.total = r.usage.prompt + r.usage.completion;
  write_usage(json, r.usage);
  json.key("service_tier").text("default");
  json.key("system_fingerprint").text(fmt::format("fp_{:010x}", hash_text(request.model) >> 24));
  json.close_object();
  return r;
}

}  // namespace

admission_result chat(const call& c) {
  chat_request request;
  if (auto error = check_chat(c.body, request)) return *std::move(error);
  admission a;
  a.model = request.model;
  a.input_tokens = estimate_tokens(request.characters);
  a.output_tokens = request.choices * request.max_tokens;
  a.charged_tokens = std::max(a.output_tokens, a.input_tokens);
  a.answer = [request = std::move(request), hash = c.hash] { return answer(request, hash); };
  return a;
}

}  // namespace batchmill::simulator_detail
