#include "runner/simulator/endpoints/completions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "runner/simulator/answer_parts.hpp"
#include "runner/simulator/chat_answer.hpp"
#include "runner/simulator/checks.hpp"
#include "runner/simulator/completion_prompts.hpp"
#include "runner/simulator/shared_checks.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

using enum value_kind;

constexpr double largest_seed = static_cast<double>(std::numeric_limits<std::int64_t>::max());
const parameter parameters[] = {{"model", string},
                                {"prompt"},
                                {"best_of", integer, 0, 20},
                                {"echo", boolean},
                                {"frequency_penalty", decimal, -2, 2},
                                {"logit_bias", object},
                                {"logprobs", integer, 0, 5},
                                {"max_tokens", integer, 0},
                                {"n", integer, 1, 128},
                                {"presence_penalty", decimal, -2, 2},
                                {"seed", integer, -largest_seed, largest_seed},
                                {"stop"},
                                {"stream", boolean},
                                {"stream_options", object},
                                {"suffix", string},
                                {"temperature", decimal, 0, 2},
                                {"top_p", decimal, 0, 1},
                                {"user", string}};

constexpr std::int64_t beyond_any_model = 1'000'000'000'000;

struct completion_request {
  completion_request() = default;

  std::string_view model;
  std::vector<completion_prompt> prompts;
  std::vector<std::string_view> stops;
  std::int64_t max_tokens = 16;
  std::int64_t choices = 1;    // of each prompt
  std::int64_t best_of = 1;    // how many are made for it
  std::int64_t logprobs = -1;  // how many alternatives; -1: no log probabilities
  bool echo = false;
  std::int64_t prompt_tokens = 0;
};

refusal check_model(const json::object& body, completion_request& request, model_facts& facts) {
  if (!find(body, "model")) return bad_parameter("", "you must provide a model parameter");
  request.model = string_or(body, "model", "");
  const auto found = find_model(request.model);
  if (!found) return model_not_found(request.model);
  facts = *found;
  const bool open = request.model.find('/') != std::string_view::npos;  // there, any model can
  if (facts.kind == model_kind::completion || (open && facts.kind == model_kind::chat)) return {};
  if (facts.kind == model_kind::chat)
    return api_error{404,
                     "This is a chat model and not supported in the v1/completions endpoint. Did "
                     "you mean to use v1/chat/completions?",
                     "model"};
  return api_error{404, "This model is not supported in the v1/completions endpoint.", "model"};
}

refusal check_counts(const json::object& body, completion_request& request) {
  request.choices = integer_or(body, "n", 1);
  request.best_of = integer_or(body, "best_of", request.choices);
  if (request.best_of < request.choices)
    return bad_parameter("best_of",
                         fmt::format("You requested that the server return more choices than it "
                                     "will generate (HINT: You must set 'n' (currently {}) to be "
                                     "at most 'best_of' (currently {}), or omit either parameter "
                                     "if you don't specifically want to use them.)",
                                     request.choices, request.best_of));
  if (!boolean_or(body, "stream", false)) return check_stream_options(body);
  return bad_parameter("stream",
                       "Unsupported value: 'stream' does not support true with this simulator.",
                       "unsupported_value");
}

refusal check_context(completion_request& request, const model_facts& facts) {
  for (const auto& prompt : request.prompts) {
    request.prompt_tokens += prompt.tokens;
    const auto context = facts.context;
    if (prompt.tokens > context || request.max_tokens > context - prompt.tokens)
      return context_exceeded(context, prompt.tokens, request.max_tokens);
  }
  return {};
}

refusal check(const json::object& body, completion_request& request) {
  model_facts facts;
  if (auto error = refuse_unknown(body, parameters)) return error;
  if (auto error = check_parameters(body, parameters)) return error;
  if (auto error = check_model(body, request, facts)) return error;
  if (auto error = read_prompts(find(body, "prompt"), request.prompts)) return error;
  if (auto error = check_stop(body, request.stops)) return error;
  if (auto error = check_counts(body, request)) return error;
  request.max_tokens = std::min(integer_or(body, "max_tokens", 16), beyond_any_model);
  request.logprobs = integer_or(body, "logprobs", -1);
  request.echo = boolean_or(body, "echo", false);
  return check_context(request, facts);
}

chat_choice complete(const completion_request& request, const completion_prompt& prompt,
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

struct token_list {
  token_list() = default;

  std::vector<std::string_view> texts;
  std::vector<std::int64_t> offsets;  // in characters, from the prompt's beginning
  std::vector<double> logprobs;
};

// Tokens are four characters here, as the usage counts them.
token_list tokens_of(std::string_view text, std::int64_t offset, dice& die) {
  token_list list;
  while (!text.empty()) {
    const auto token = first_characters(text, 4);
    text.remove_prefix(token.size());
    list.texts.push_back(token);
    list.offsets.push_back(offset);
    list.logprobs.push_back(-static_cast<double>(1 + die.below(1'000)) / 10'000);
    offset += count_characters(token);
  }
  return list;
}

void write_alternatives(json_writer& out, std::string_view token, double logprob,
                        std::int64_t count) {
  out.open_object();
  for (std::int64_t i = 0; i < count; ++i)
    out.key(i == 0 ? std::string(token) : fmt::format("{}{}", token, i))
        .real(logprob - static_cast<double>(i) * 2);
  out.close_object();
}

// What stands at the very beginning of an echo has nothing before it, and so no probability.
void write_logprobs(json_writer& out, const completion_request& request, const token_list& list) {
  const auto unknown = [&](std::size_t i) { return request.echo && i == 0; };
  out.open_object().key("tokens").open_array();
  for (const auto text : list.texts) out.text(text);
  out.close_array().key("token_logprobs").open_array();
  for (std::size_t i = 0; i < list.texts.size(); ++i)
    unknown(i) ? out.null() : out.real(list.logprobs[i]);
  out.close_array().key("top_logprobs");
  if (request.logprobs == 0) {
    out.null();
  } else {
    out.open_array();
    for (std::size_t i = 0; i < list.texts.size(); ++i)
      if (unknown(i))
        out.null();
      else
        write_alternatives(out, list.texts[i], list.logprobs[i], request.logprobs);
    out.close_array();
  }
  out.key("text_offset").open_array();
  for (const auto offset : list.offsets) out.integer(offset);
  out.close_array().close_object();
}

void write_choice(json_writer& out, const completion_request& request,
                  const completion_prompt& prompt, const chat_choice& choice, std::int64_t index,
                  dice& die) {
  const auto text = request.echo ? prompt.text + choice.text : choice.text;
  out.open_object().key("text").text(text).key("index").integer(index).key("logprobs");
  if (request.logprobs < 0)
    out.null();
  else
    write_logprobs(out, request,
                   tokens_of(text, request.echo ? 0 : count_characters(prompt.text), die));
  out.key("finish_reason").text(choice.cut ? "length" : "stop").close_object();
}

// Choices go prompt by prompt. What `best_of` makes beyond `n` is paid for but not shown.
std::int64_t write_choices(json_writer& out, const completion_request& request,
                           std::uint64_t hash) {
  std::int64_t index = 0, tokens = 0;
  for (const auto& prompt : request.prompts) {
    const auto prompt_hash = hash_pair(hash, static_cast<std::uint64_t>(index));
    for (std::int64_t i = 0; i < std::max(request.best_of, request.choices); ++i) {
      dice die(hash_pair(prompt_hash, static_cast<std::uint64_t>(i)));
      const auto choice = complete(request, prompt, die);
      tokens += choice.tokens;
      if (i < request.choices) write_choice(out, request, prompt, choice, index++, die);
    }
  }
  return tokens;
}

reply answer(const completion_request& request, std::uint64_t hash) {
  reply r;
  json_writer out(r.body, json_layout::pretty);
  out.open_object().key("id").text(identifier("cmpl-", hash));
  out.key("object").text("text_completion").key("created").integer(creation_time(hash));
  out.key("model").text(request.model).key("choices").open_array();
  r.usage.prompt = request.prompt_tokens;
  r.usage.completion = write_choices(out, request, hash);
  r.usage.total = r.usage.prompt + r.usage.completion;
  out.close_array().key("usage").open_object();
  out.key("prompt_tokens").integer(r.usage.prompt);
  out.key("completion_tokens").integer(r.usage.completion);
  out.key("total_tokens").integer(r.usage.total).close_object().close_object();
  return r;
}

}  // namespace

admission_result completions(const call& c) {
  completion_request request;
  if (auto error = check(c.body, request)) return *std::move(error);
  admission a;
  a.model = request.model;
  a.charged_tokens = request.prompt_tokens + request.max_tokens * request.best_of *
                                                 static_cast<std::int64_t>(request.prompts.size());
  a.answer = [request = std::move(request), hash = c.hash] { return answer(request, hash); };
  return a;
}

}  // namespace batchmill::simulator_detail
