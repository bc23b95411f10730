// Streamed chat answers, completions and responses.
#include "runner/simulator/event_stream.hpp"

#include <boost/json.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;
namespace json = boost::json;

namespace {

struct event {
  std::string name;
  std::string data;

  json::value parsed() const { return json::parse(data); }
};

std::vector<event> events_of(const api_answer& answer) {
  REQUIRE(answer.status() == 200);
  CHECK(answer.header("content-type") == "text/event-stream; charset=utf-8");
  CHECK(answer.raw.chunked);
  std::vector<event> events;
  std::string_view rest = answer.raw.body;
  while (!rest.empty()) {
    const auto end = rest.find("\n\n");
    REQUIRE(end != std::string_view::npos);
    auto text = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    event e;
    if (text.starts_with("event: ")) {
      e.name = text.substr(7, text.find('\n') - 7);
      text.remove_prefix(text.find('\n') + 1);
    }
    REQUIRE(text.starts_with("data: "));
    e.data = text.substr(6);
    events.push_back(e);
  }
  return events;
}

std::string text_at(const json::value& value, std::string_view pointer) {
  return json::value_to<std::string>(value.at_pointer(pointer));
}

std::string streamed(std::string_view more = {}) {
  return chat_body("my invoice", R"("stream":true)" + std::string(more));
}

}  // namespace

TEST_CASE("an event has a name, or only its data") {
  std::string out;
  simulator_detail::add_event(out, "a", "1");
  simulator_detail::add_event(out, "", "2");
  CHECK(out == "event: a\ndata: 1\n\ndata: 2\n\n");
  CHECK(simulator_detail::pieces_of("abcdef") == std::vector<std::string_view>{"abcd", "ef"});
}

TEST_CASE("a streamed chat answer begins with the role and ends with the reason") {
  simulated_api api;
  const auto events = events_of(api.chat(streamed()));
  CHECK(events.back().data == "[DONE]");
  const auto first = events.front().parsed();
  CHECK(text_at(first, "/object") == "chat.completion.chunk");
  CHECK(text_at(first, "/choices/0/delta/role") == "assistant");
  CHECK_FALSE(first.as_object().contains("usage"));
  std::string text;
  for (std::size_t i = 1; i + 2 < events.size(); ++i) {
    const auto chunk = events[i].parsed();
    CHECK(chunk.at("id") == first.at("id"));
    CHECK(chunk.at_pointer("/choices/0/finish_reason").is_null());
    text += text_at(chunk, "/choices/0/delta/content");
  }
  CHECK(text.ends_with("."));
  const auto last = events[events.size() - 2].parsed();
  CHECK(text_at(last, "/choices/0/finish_reason") == "stop");
  CHECK(last.at_pointer("/choices/0/delta").as_object().empty());
  CHECK(api.counters().executed == 1);
  CHECK(api.counters().completion_tokens > 0);
}

TEST_CASE("the usage comes in an event of its own when it is wanted") {
  simulated_api api;
  const auto events = events_of(api.chat(streamed(R"(,"stream_options":{"include_usage":true})")));
  CHECK(events.front().parsed().at("usage").is_null());
  const auto usage = events[events.size() - 2].parsed();
  CHECK(usage.at("choices").as_array().empty());
  CHECK(usage.at_pointer("/usage/total_tokens").as_int64() ==
        api.counters().prompt_tokens + api.counters().completion_tokens);
}

TEST_CASE("choices, cuts and log probabilities are streamed too") {
  simulated_api api;
  const auto events =
      events_of(api.chat(streamed(R"(,"n":2,"max_tokens":2,"logprobs":true,"top_logprobs":1)")));
  REQUIRE(events.size() == 2 * 4 + 1);
  const auto piece = events[5].parsed();
  CHECK(piece.at_pointer("/choices/0/index") == 1);
  CHECK(piece.at_pointer("/choices/0/logprobs/content").as_array().size() == 1);
  CHECK(text_at(piece, "/choices/0/logprobs/content/0/token") ==
        text_at(piece, "/choices/0/delta/content"));
  CHECK(text_at(events[3].parsed(), "/choices/0/finish_reason") == "length");
}

TEST_CASE("a tool call is streamed by its arguments") {
  simulated_api api;
  const auto events = events_of(api.chat(streamed(
      R"(,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object",
      "properties":{"a":{"type":"boolean"}},"required":["a"]}}}],"tool_choice":"required")")));
  const std::string call = "/choices/0/delta/tool_calls/0/";
  CHECK(text_at(events.front().parsed(), call + "function/name") == "f");
  CHECK(events.front().parsed().at_pointer("/choices/0/delta/content").is_null());
  std::string arguments;
  for (std::size_t i = 0; i + 2 < events.size(); ++i)
    arguments += text_at(events[i].parsed(), call + "function/arguments");
  CHECK(json::parse(arguments).at("a").is_bool());
  CHECK(text_at(events[events.size() - 2].parsed(), "/choices/0/finish_reason") == "tool_calls");
}

TEST_CASE("a streamed response counts its events and ends with itself") {
  simulated_api api;
  const auto events =
      events_of(api.post("/v1/responses", R"({"model":"gpt-4o-mini","input":"hi","stream":true})"));
  std::vector<std::string> names;
  std::string text;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto data = events[i].parsed();
    CHECK(data.at("sequence_number") == i);
    CHECK(text_at(data, "/type") == events[i].name);
    if (names.empty() || names.back() != events[i].name) names.push_back(events[i].name);
    if (events[i].name == "response.output_text.delta") text += text_at(data, "/delta");
  }
  CHECK(names == std::vector<std::string>{
                     "response.created", "response.in_progress", "response.output_item.added",
                     "response.content_part.added", "response.output_text.delta",
                     "response.output_text.done", "response.content_part.done",
                     "response.output_item.done", "response.completed"});
  CHECK(text_at(events.front().parsed(), "/response/status") == "in_progress");
  const auto whole = events.back().parsed().at("response");
  CHECK(text_at(whole, "/output/0/content/0/text") == text);
  CHECK(api.get("/v1/responses/" + text_at(whole, "/id")).json == whole);
}

TEST_CASE("a streamed response may be incomplete, failed or a call") {
  simulated_api api;
  const auto last = [&](std::string_view more, std::string_view fault = {}) {
    return events_of(api.post("/v1/responses",
                              R"({"model":"gpt-4o-mini","input":"hi","stream":true)" +
                                  std::string(more) + "}",
                              fault))
        .back();
  };
  CHECK(last(R"(,"max_output_tokens":16,"text":{"format":{"type":"json_schema","name":"a",
      "schema":{"type":"string","minLength":200}}})")
            .name == "response.incomplete");
  CHECK(last("", "failed").name == "response.failed");
  const auto call = last(R"(,"tools":[{"type":"function","name":"f"}],"tool_choice":"required")");
  CHECK(text_at(call.parsed(), "/response/output/0/type") == "function_call");
}

TEST_CASE("a streamed completion has a piece for every token of every choice") {
  simulated_api api;
  const auto events = events_of(
      api.post("/v1/completions", R"({"model":"davinci-002","prompt":["abcdef","x"],"max_tokens":2,
      "echo":true,"logprobs":1,"stream":true,"stream_options":{"include_usage":true}})"));
  REQUIRE(events.size() == 5 + 4 + 2);
  CHECK(events.back().data == "[DONE]");
  CHECK(text_at(events[0].parsed(), "/choices/0/text") == "abcd");
  CHECK(text_at(events[1].parsed(), "/choices/0/text") == "ef");
  CHECK(events[0].parsed().at_pointer("/choices/0/logprobs/token_logprobs/0").is_null());
  CHECK(events[2].parsed().at_pointer("/choices/0/logprobs/text_offset/0") == 6);
  CHECK(text_at(events[4].parsed(), "/choices/0/finish_reason") == "length");
  CHECK(events[5].parsed().at_pointer("/choices/0/index") == 1);
  const auto usage = events[9].parsed();
  CHECK(usage.at("choices").as_array().empty());
  CHECK(usage.at_pointer("/usage/completion_tokens") == 4);
}
