#include "runner/simulator/chat_stream.hpp"

#include <span>
#include <string>
#include <vector>

#include "runner/simulator/answer_parts.hpp"
#include "runner/simulator/chat_answer.hpp"
#include "runner/simulator/chat_parts.hpp"
#include "runner/simulator/event_stream.hpp"

namespace batchmill::simulator_detail {

namespace {

class chat_streamer {
 public:
  chat_streamer(const chat_request& request, std::uint64_t hash) : request_(request), hash_(hash) {}

  reply run() {
    make_stream(reply_);
    reply_.usage.prompt = request_.prompt_tokens;
    for (index_ = 0; index_ < request_.choices; ++index_) stream_choice();
    reply_.usage.total = reply_.usage.prompt + reply_.usage.completion;
    if (request_.streams_usage) send_usage();
    add_event(reply_.body, "", "[DONE]");
    return std::move(reply_);
  }

 private:
  void stream_choice() {
    dice die(hash_pair(hash_, static_cast<std::uint64_t>(index_)));
    const auto choice = make_choice(request_, die);
    reply_.usage.completion += choice.tokens;
    begin_message(die.next());
    for (const auto piece : pieces_of(choice.text)) send_piece(piece, die);
    send([](json_writer&) {}, choice.cut ? "length" : request_.finish_reason);
  }

  void begin_message(std::uint64_t hash) {
    send([&](json_writer& json) {
      json.key("role").text("assistant").key("content");
      if (calls())
        begin_call(json.null(), hash);
      else
        json.text("");
      json.key("refusal").null();
    });
  }

  void begin_call(json_writer& json, std::uint64_t hash) {
    json.key("tool_calls").open_array().open_object().key("index").integer(0);
    json.key("id").text(identifier("call_", hash)).key("type").text("function");
    json.key("function").open_object().key("name").text(request_.tool);
    json.key("arguments").text("").close_object().close_object().close_array();
  }

  void send_piece(std::string_view piece, dice& die) {
    const auto write = [&](json_writer& json) {
      if (!calls()) {
        json.key("content").text(piece);
        return;
      }
      json.key("tool_calls").open_array().open_object().key("index").integer(0);
      json.key("function").open_object().key("arguments").text(piece);
      json.close_object().close_object().close_array();
    };
    send(write, "", request_.logprobs && !calls() ? &die : nullptr, piece);
  }

  // One event with a delta. `die` draws the log probability of `piece`.
  template <class WriteDelta>
  void send(const WriteDelta& write_delta, std::string_view finish_reason = "", dice* die = nullptr,
            std::string_view piece = {}) {
    std::string event;
    json_writer json(event, json_layout::compact);
    begin_event(json);
    json.open_object().key("index").integer(index_).key("delta").open_object();
    write_delta(json);
    json.close_object().key("logprobs");
    if (die)
      write_logprobs(json, request_, std::span(&piece, 1), *die);
    else
      json.null();
    json.key("finish_reason");
    if (finish_reason.empty())
      json.null();
    else
      json.text(finish_reason);
    json.close_object().close_array();
    if (request_.streams_usage) json.key("usage").null();
    json.close_object();
    add_event(reply_.body, "", event);
  }

  void send_usage() {
    std::string event;
    json_writer json(event, json_layout::compact);
    begin_event(json);
    json.close_array().key("usage");
    write_usage(json, reply_.usage);
    json.close_object();
    add_event(reply_.body, "", event);
  }

  void begin_event(json_writer& json) {
    json.open_object();
    write_identity(json, request_, "chat.completion.chunk", hash_);
    write_service(json, request_);
    json.key("choices").open_array();
  }

  bool calls() const { return request_.shape == answer_shape::tool_call; }

  const chat_request& request_;
  std::uint64_t hash_;
  std::int64_t index_ = 0;
  reply reply_;
};

}  // namespace

reply stream_chat(const chat_request& request, std::uint64_t hash) {
  return chat_streamer(request, hash).run();
}

}  // namespace batchmill::simulator_detail
