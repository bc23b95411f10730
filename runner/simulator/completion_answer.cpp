#include "runner/simulator/completion_answer.hpp"

#include <fmt/format.h>

#include "runner/simulator/chat_answer.hpp"
#include "runner/simulator/event_stream.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

chat_choice answer_to(const completion_request& request, const completion_prompt& prompt,
                      dice& die) {
  chat_choice nothing;
  nothing.cut = true;
  if (request.max_tokens == 0) return nothing;
  chat_request asked;
  asked.user_texts.push_back(prompt.text);
  asked.stops = request.stops;
  asked.max_tokens = request.max_tokens;
  return make_choice(asked, die);
}

void add_tokens(std::vector<completion_token>& tokens, std::string_view text, std::int64_t offset,
                dice& die) {
  for (const auto piece : pieces_of(text)) {
    const double logprob = -static_cast<double>(1 + die.below(1'000)) / 10'000;
    tokens.push_back({std::string(piece), offset, logprob});
    offset += count_characters(piece);
  }
}

// What stands at the very beginning has nothing before it, and so no probability.
bool is_unknown(const completion_request& request, const completion_token& token) {
  return request.echo && token.offset == 0;
}

void write_alternatives(json_writer& json, const completion_token& token, std::int64_t count) {
  json.open_object();
  for (std::int64_t i = 0; i < count; ++i)
    json.key(i == 0 ? token.text : fmt::format("{}{}", token.text, i))
        .real(token.logprob - static_cast<double>(i) * 2);
  json.close_object();
}

void write_top(json_writer& json, const completion_request& request,
               std::span<const completion_token> tokens) {
  if (request.logprobs == 0) {
    json.null();
    return;
  }
  json.open_array();
  for (const auto& token : tokens)
    if (is_unknown(request, token))
      json.null();
    else
      write_alternatives(json, token, request.logprobs);
  json.close_array();
}

}  // namespace

completion make_completion(const completion_request& request, const completion_prompt& prompt,
                           dice& die) {
  const auto choice = answer_to(request, prompt, die);
  completion result;
  result.made = choice.tokens;
  result.cut = choice.cut;
  if (request.echo) add_tokens(result.tokens, prompt.text, 0, die);
  add_tokens(result.tokens, choice.text, count_characters(prompt.text), die);
  return result;
}

void write_logprobs(json_writer& json, const completion_request& request,
                    std::span<const completion_token> tokens) {
  if (request.logprobs < 0) {
    json.null();
    return;
  }
  json.open_object().key("tokens").open_array();
  for (const auto& token : tokens) json.text(token.text);
  json.close_array().key("token_logprobs").open_array();
  for (const auto& token : tokens)
    is_unknown(request, token) ? json.null() : json.real(token.logprob);
  json.close_array().key("top_logprobs");
  write_top(json, request, tokens);
  json.key("text_offset").open_array();
  for (const auto& token : tokens) json.integer(token.offset);
  json.close_array().close_object();
}

}  // namespace batchmill::simulator_detail
