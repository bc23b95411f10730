#include "runner/simulator/endpoints/completions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runner/simulator/answer_parts.hpp"
#include "runner/simulator/chat_answer.hpp"
#include "runner/simulator/completion_request.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

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
  if (auto error = check_completion(c.body, request)) return *std::move(error);
  admission a;
  a.model = request.model;
  a.charged_tokens = request.prompt_tokens + request.max_tokens * request.best_of *
                                                 static_cast<std::int64_t>(request.prompts.size());
  a.answer = [request = std::move(request), hash = c.hash] { return answer(request, hash); };
  return a;
}

}  // namespace batchmill::simulator_detail
