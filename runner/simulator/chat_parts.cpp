#include "runner/simulator/chat_parts.hpp"

#include <fmt/format.h>

#include "runner/simulator/answer_parts.hpp"

namespace batchmill::simulator_detail {

namespace {

void write_token(json_writer& json, std::string_view token, double logprob) {
  json.key("token").text(token).key("logprob").real(logprob);
  json.key("bytes").open_array();
  for (const char byte : token) json.integer(static_cast<unsigned char>(byte));
  json.close_array();
}

}  // namespace

void write_identity(json_writer& json, const chat_request& request, std::string_view object,
                    std::uint64_t hash) {
  json.key("id").text(identifier("chatcmpl-", hash)).key("object").text(object);
  json.key("created").integer(creation_time(hash));
  json.key("model").text(request.facts.snapshot.empty() ? request.model : request.facts.snapshot);
}

void write_service(json_writer& json, const chat_request& request) {
  json.key("service_tier").text("default");
  json.key("system_fingerprint").text(fmt::format("fp_{:010x}", hash_text(request.model) >> 24));
}

// The first alternative is the token itself.
void write_logprobs(json_writer& json, const chat_request& request,
                    std::span<const std::string_view> tokens, dice& die) {
  json.open_object().key("content").open_array();
  for (const auto token : tokens) {
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

}  // namespace batchmill::simulator_detail
