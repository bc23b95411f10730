#include "runner/simulator/endpoints/completions.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "runner/simulator/answer_parts.hpp"
#include "runner/simulator/completion_answer.hpp"
#include "runner/simulator/completion_request.hpp"
#include "runner/simulator/event_stream.hpp"

namespace batchmill::simulator_detail {

namespace {

using tokens = std::span<const completion_token>;

void write_head(json_writer& json, const completion_request& request, std::uint64_t hash) {
  json.open_object().key("id").text(identifier("cmpl-", hash));
  json.key("object").text("text_completion").key("created").integer(creation_time(hash));
  json.key("model").text(request.model).key("choices").open_array();
}

void write_usage(json_writer& json, const token_usage& usage) {
  json.open_object().key("prompt_tokens").integer(usage.prompt);
  json.key("completion_tokens").integer(usage.completion);
  json.key("total_tokens").integer(usage.total).close_object();
}

// `finish_reason` may be empty: there is more to come.
void write_choice(json_writer& json, const completion_request& request, tokens list,
                  std::int64_t index, std::string_view finish_reason) {
  std::string text;
  for (const auto& token : list) text += token.text;
  json.open_object().key("text").text(text).key("index").integer(index).key("logprobs");
  write_logprobs(json, request, list);
  json.key("finish_reason");
  if (finish_reason.empty())
    json.null();
  else
    json.text(finish_reason);
  json.close_object();
}

std::string_view reason(const completion& made) {
  return made.cut ? "length" : "stop";
}

// Of all but the prompts, so that each is answered as it would be alone.
std::uint64_t hash_settings(const call& c) {
  boost::json::object settings = c.body;
  settings.erase("prompt");
  return hash_text(boost::json::serialize(settings), c.seed);
}

// Choices go prompt by prompt. What `best_of` makes beyond `n` is paid for but not shown.
template <class Show>
token_usage complete(const completion_request& request, std::uint64_t settings, const Show& show) {
  token_usage usage;
  usage.prompt = request.prompt_tokens;
  std::int64_t index = 0;
  for (const auto& prompt : request.prompts) {
    const auto prompt_hash = hash_text(prompt.text, settings);
    for (std::int64_t i = 0; i < request.best_of; ++i) {
      dice die(hash_pair(prompt_hash, static_cast<std::uint64_t>(i)));
      const auto made = make_completion(request, prompt, die);
      usage.completion += made.made;
      if (i < request.choices) show(made, index++);
    }
  }
  usage.total = usage.prompt + usage.completion;
  return usage;
}

reply answer(const completion_request& request, std::uint64_t hash, std::uint64_t settings) {
  reply r;
  json_writer json(r.body, json_layout::pretty);
  write_head(json, request, hash);
  r.usage = complete(request, settings, [&](const completion& made, std::int64_t index) {
    write_choice(json, request, made.tokens, index, reason(made));
  });
  json.close_array().key("usage");
  write_usage(json, r.usage);
  json.close_object();
  return r;
}

class completion_streamer {
 public:
  completion_streamer(const completion_request& request, std::uint64_t hash, std::uint64_t settings)
      : request_(request), hash_(hash), settings_(settings) {}

  reply run() {
    make_stream(reply_);
    reply_.usage = complete(request_, settings_, [&](const completion& made, std::int64_t index) {
      for (const auto& token : made.tokens) send({&token, 1}, index, "");
      send({}, index, reason(made));
    });
    if (request_.streams_usage) send_usage();
    add_event(reply_.body, "", "[DONE]");
    return std::move(reply_);
  }

 private:
  void send(tokens list, std::int64_t index, std::string_view finish_reason) {
    std::string event;
    json_writer json(event, json_layout::compact);
    write_head(json, request_, hash_);
    write_choice(json, request_, list, index, finish_reason);
    json.close_array();
    if (request_.streams_usage) json.key("usage").null();
    json.close_object();
    add_event(reply_.body, "", event);
  }

  void send_usage() {
    std::string event;
    json_writer json(event, json_layout::compact);
    write_head(json, request_, hash_);
    json.close_array().key("usage");
    write_usage(json, reply_.usage);
    json.close_object();
    add_event(reply_.body, "", event);
  }

  const completion_request& request_;
  std::uint64_t hash_;
  std::uint64_t settings_;
  reply reply_;
};

}  // namespace

admission_result completions(const call& c) {
  completion_request request;
  request.exact_usage = c.exact_usage;
  if (auto error = check_completion(c.body, request)) return *std::move(error);
  admission a;
  a.model = request.model;
  a.input_tokens = request.prompt_tokens;
  a.output_tokens =
      request.max_tokens * request.best_of * static_cast<std::int64_t>(request.prompts.size());
  a.charged_tokens = std::max(a.output_tokens, a.input_tokens);
  a.answer = [request = std::move(request), hash = c.hash, settings = hash_settings(c)] {
    return request.streams ? completion_streamer(request, hash, settings).run()
                           : answer(request, hash, settings);
  };
  return a;
}

}  // namespace batchmill::simulator_detail
