// What the chat endpoint refuses, and with which words.
#include "runner/simulator/chat_request.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

struct expectation {
  std::string body;
  std::string message;  // the beginning of it
  std::string param;
  std::string code;
  int status = 400;
};

void check_all(const std::vector<expectation>& cases) {
  simulated_api api;
  for (const auto& wanted : cases) {
    INFO(wanted.body);
    const auto answer = api.chat(wanted.body);
    CHECK(answer.status() == wanted.status);
    REQUIRE(answer.json.is_object());
    REQUIRE(answer.json.as_object().contains("error"));
    CHECK(answer.error().substr(0, wanted.message.size()) == wanted.message);
    CHECK(answer.param() == wanted.param);
    CHECK(answer.code() == wanted.code);
    CHECK(answer.type() == "invalid_request_error");
  }
}

std::string with(std::string_view member) {
  return chat_body("Write JSON.", member);
}

std::string model(std::string_view name, std::string_view member = {}) {
  std::string out = R"({"messages":[{"role":"user","content":"hi"}],"model":")";
  out.append(name).append("\"");
  if (!member.empty()) out.append(",").append(member);
  return out + "}";
}

std::string messages(std::string_view list) {
  return R"({"model":"gpt-4o-mini","messages":)" + std::string(list) + "}";
}

}  // namespace

TEST_CASE("missing and unknown parameters are refused") {
  check_all({{"{}", "you must provide a model parameter", "null", "null"},
             {R"({"model":null})", "you must provide a model parameter", "null", "null"},
             {R"({"model":"gpt-4o"})", "Missing required parameter: 'messages'.", "messages",
              "missing_required_parameter"},
             {with(R"("foo":1)"), "Unrecognized request argument supplied: foo", "null", "null"},
             {with(R"("foo":1,"bar":2)"), "Unrecognized request arguments supplied: bar, foo",
              "null", "null"}});
}

TEST_CASE("models that the API does not know are refused") {
  const auto missing = [](const std::string& name) {
    return expectation{model(name),
                       "The model `" + name + "` does not exist or you do not have access to it.",
                       "null", "model_not_found", 404};
  };
  check_all({missing("gpt-nope"), missing("gpt-5.2-proo"), missing(""), missing("gpt"),
             missing("o0"), missing("ft:nope:org"), missing("claude"), missing("gpt-4o-")});
  check_all({{model("text-embedding-3-small"), "This is not a chat model", "model", "null", 404}});
}

TEST_CASE("the models that are or could be are known") {
  simulated_api api;
  for (const auto* name :
       {"gpt-4o-mini", "gpt-4o-mini-2024-07-18", "gpt-3.5-turbo-16k", "gpt-4.1-nano",
        "gpt-5.6-luna", "gpt-7.2-mini", "o1", "o3-mini-2025-01-31", "o4-mini", "chatgpt-4o-latest",
        "ft:gpt-4o-mini-2024-07-18:acme::abc123", "meta-llama/Llama-3.1-8B-Instruct"}) {
    INFO(name);
    CHECK(api.chat(model(name)).status() == 200);
  }
}

TEST_CASE("types and bounds are checked") {
  check_all(
      {{with(R"("temperature":3)"),
        "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 "
        "instead.",
        "temperature", "decimal_above_max_value"},
       {with(R"("temperature":-1)"),
        "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 "
        "instead.",
        "temperature", "decimal_below_min_value"},
       {with(R"("temperature":"hot")"),
        "Invalid type for 'temperature': expected a decimal, but got a string instead.",
        "temperature", "invalid_type"},
       {with(R"("n":0)"),
        "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.", "n",
        "integer_below_min_value"},
       {with(R"("n":129)"), "Invalid 'n': integer above maximum value.", "n",
        "integer_above_max_value"},
       {with(R"("n":1.5)"), "Invalid type for 'n': expected an integer, but got a decimal instead.",
        "n", "invalid_type"},
       {with(R"("max_tokens":0)"), "Invalid 'max_tokens': integer below minimum value.",
        "max_tokens", "integer_below_min_value"},
       {with(R"("max_completion_tokens":-5)"), "Invalid 'max_completion_tokens': integer below",
        "max_completion_tokens", "integer_below_min_value"},
       {with(R"("max_tokens":16385)"),
        "max_tokens is too large: 16385. This model supports at most 16384 completion tokens, "
        "whereas you provided 16385.",
        "max_tokens", "invalid_value"},
       {with(R"("max_tokens":1e30)"), "max_tokens is too large", "max_tokens", "invalid_value"},
       {with(R"("max_tokens":5,"max_completion_tokens":5)"), "Setting 'max_tokens' and",
        "max_tokens", "invalid_parameter_combination"},
       {with(R"("top_p":1.1)"), "Invalid 'top_p': decimal above", "top_p",
        "decimal_above_max_value"},
       {with(R"("presence_penalty":-2.5)"), "Invalid 'presence_penalty'", "presence_penalty",
        "decimal_below_min_value"},
       {with(R"("logprobs":1)"),
        "Invalid type for 'logprobs': expected a boolean, but got an integer instead.", "logprobs",
        "invalid_type"},
       {with(R"("top_logprobs":2)"),
        "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs",
        "null"},
       {with(R"("service_tier":"gold")"),
        "Invalid value: 'gold'. Supported values are: 'auto', 'default', 'flex', 'scale', "
        "'priority', and 'fast'.",
        "service_tier", "invalid_value"},
       {with(R"("stop":["a","b","c","d","e"])"), "Invalid 'stop': array too long.", "stop",
        "array_above_max_length"},
       {with(R"("stop":7)"), "Invalid type for 'stop'", "stop", "invalid_type"},
       {with(R"("stop":["a",1])"), "Invalid type for 'stop[1]'", "stop[1]", "invalid_type"},
       {with(R"("metadata":{"row":1},"store":true)"),
        "Invalid type for 'metadata.row': expected a string, but got an integer instead.",
        "metadata.row", "invalid_type"},
       {with(R"("metadata":{"row":"1"})"), "The 'metadata' parameter is only allowed when",
        "metadata", "null"},
       {with(R"("stream":true,"stream_options":{"include_usage":1})"),
        "Invalid type for 'stream_options.include_usage'", "stream_options.include_usage",
        "invalid_type"},
       {with(R"("stream_options":{})"), "The 'stream_options' parameter", "stream_options",
        "null"}});
}

TEST_CASE("null counts as absent") {
  simulated_api api;
  CHECK(api.chat(with(R"("temperature":null,"stop":null,"n":null,"tools":null)")).status() == 200);
}

TEST_CASE("reasoning models refuse what they do not take") {
  check_all({{model("o3", R"("max_tokens":5)"),
              "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
              "'max_completion_tokens' instead.",
              "max_tokens", "unsupported_parameter"},
             {model("gpt-5-mini", R"("temperature":0)"),
              "Unsupported value: 'temperature' does not support 0 with this model. Only the "
              "default (1) value is supported.",
              "temperature", "unsupported_value"},
             {model("o4-mini", R"("logprobs":true)"), "Unsupported parameter: 'logprobs'",
              "logprobs", "unsupported_parameter"}});
  simulated_api api;
  CHECK(api.chat(model("o3", R"("max_completion_tokens":5,"temperature":1)")).status() == 200);
}

TEST_CASE("messages are checked one by one") {
  check_all(
      {{messages("[]"),
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an "
        "empty array instead.",
        "messages", "empty_array"},
       {messages("\"hi\""),
        "Invalid type for 'messages': expected an array of objects, but got a string instead.",
        "messages", "invalid_type"},
       {messages("[1]"), "Invalid type for 'messages[0]': expected an object", "messages[0]",
        "invalid_type"},
       {messages(R"([{"content":"hi"}])"), "Missing required parameter: 'messages[0].role'.",
        "messages[0].role", "missing_required_parameter"},
       {messages(R"([{"role":"robot","content":"hi"}])"),
        "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', "
        "'tool', and 'developer'.",
        "messages[0].role", "invalid_value"},
       {messages(R"([{"role":"user","content":"a"},{"role":"user"}])"),
        "Missing required parameter: 'messages[1].content'.", "messages[1].content",
        "missing_required_parameter"},
       {messages(R"([{"role":"user","content":null}])"),
        "Invalid value for 'content': expected a string, got null.", "messages.[0].content",
        "null"},
       {messages(R"([{"role":"user","content":5}])"), "Invalid type for 'messages[0].content'",
        "messages[0].content", "invalid_type"},
       {messages(R"([{"role":"user","content":"a","colour":1}])"),
        "Unknown parameter: 'messages[0].colour'.", "messages[0].colour", "unknown_parameter"},
       {messages(R"([{"role":"user","content":[]}])"), "Invalid 'messages[0].content': empty array",
        "messages[0].content", "empty_array"},
       {messages(R"([{"role":"user","content":[{"text":"a"}]}])"), "Missing required parameter",
        "messages[0].content[0].type", "missing_required_parameter"},
       {messages(R"([{"role":"user","content":[{"type":"video"}]}])"), "Invalid value: 'video'.",
        "messages[0].content[0].type", "invalid_value"},
       {messages(R"([{"role":"user","content":[{"type":"text"}]}])"), "Missing required parameter",
        "messages[0].content[0].text", "missing_required_parameter"},
       {messages(R"([{"role":"user","content":[{"type":"image_url","image_url":"http://x"}]}])"),
        "Invalid type for 'messages[0].content[0].image_url': expected an object, but got a "
        "string instead.",
        "messages[0].content[0].image_url", "invalid_type"},
       {messages(R"([{"role":"tool","content":"1","tool_call_id":"c"}])"),
        "Invalid parameter: messages with role 'tool' must be a response", "messages.[0].role",
        "null"},
       {messages(
            R"([{"role":"assistant","content":null,"tool_calls":[]},{"role":"tool","content":"1"}])"),
        "Missing required parameter: 'messages[1].tool_call_id'.", "messages[1].tool_call_id",
        "missing_required_parameter"}});
  simulated_api api;
  CHECK(api.chat(messages(
                     R"([{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url",
                     "image_url":{"url":"data:image/png;base64,aaaa","detail":"low"}}]},
                     {"role":"assistant","content":null,"tool_calls":[{}]},
                     {"role":"tool","content":"1","tool_call_id":"c"},
                     {"role":"tool","content":"2","tool_call_id":"d"}])"))
            .status() == 200);
}

TEST_CASE("the shape of the answer is checked") {
  check_all(
      {{with(R"("response_format":{})"), "Missing required parameter: 'response_format.type'.",
        "response_format.type", "missing_required_parameter"},
       {with(R"("response_format":{"type":"xml"})"),
        "Invalid value: 'xml'. Supported values are: 'json_object', 'json_schema', and 'text'.",
        "response_format.type", "invalid_value"},
       {with(R"("response_format":"json")"), "Invalid type for 'response_format'",
        "response_format", "invalid_type"},
       {chat_body("hi", R"("response_format":{"type":"json_object"})"),
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
        "'json_object'.",
        "messages", "null"},
       {with(R"("response_format":{"type":"json_schema"})"),
        "Missing required parameter: 'response_format.json_schema'.", "response_format.json_schema",
        "missing_required_parameter"},
       {with(R"("response_format":{"type":"json_schema","json_schema":{"schema":{}}})"),
        "Missing required parameter: 'response_format.json_schema.name'.",
        "response_format.json_schema.name", "missing_required_parameter"},
       {with(R"("response_format":{"type":"json_schema","json_schema":{"name":"a b"}})"),
        "Invalid 'response_format.json_schema.name': string does not match pattern",
        "response_format.json_schema.name", "invalid_value"},
       {with(R"("response_format":{"type":"json_schema","json_schema":{"name":"a","strict":true,
             "schema":{"type":"object","properties":{"x":{"type":"string"}},"required":["x"]}}})"),
        "Invalid schema for response_format 'a': In context=(), 'additionalProperties' is required "
        "to be supplied and to be false.",
        "response_format", "null"},
       {with(R"("response_format":{"type":"json_schema","json_schema":{"name":"a","strict":true,
             "schema":{"type":"object","additionalProperties":false,"required":["x"],"properties":
             {"x":{"type":"object","additionalProperties":false,"properties":{"y":{}}}}}}})"),
        "Invalid schema for response_format 'a': In context=('properties', 'x'), 'required' is "
        "required to be supplied and to be an array including every key in properties. Missing "
        "'y'.",
        "response_format", "null"},
       {with(R"("tool_choice":"auto")"), "Invalid value for 'tool_choice'", "tool_choice", "null"},
       {with(R"("tools":[])"), "Invalid 'tools': empty array", "tools", "empty_array"},
       {with(R"("tools":[{"type":"function"}])"),
        "Missing required parameter: 'tools[0].function'.", "tools[0].function",
        "missing_required_parameter"},
       {with(R"("tools":[{"type":"function","function":{}}])"),
        "Missing required parameter: 'tools[0].function.name'.", "tools[0].function.name",
        "missing_required_parameter"},
       {with(R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"always")"),
        "Invalid value: 'always'.", "tool_choice", "invalid_value"},
       {with(R"("tools":[{"type":"function","function":{"name":"f"}}],
             "tool_choice":{"type":"function","function":{"name":"g"}})"),
        "Tool choice 'function' named 'g' was not found", "tool_choice", "null"}});
}

TEST_CASE("what does not fit into the context is refused") {
  const auto long_text = text_of_tokens(8'192);
  // Three more as the frame of the message, one for its role, three for the reply; or a guess.
  check_all({{R"({"model":"gpt-4","messages":[{"role":"user","content":")" + long_text + "\"}]}",
              "This model's maximum context length is 8192 tokens. However, your messages resulted "
              "in 8199 tokens. Please reduce the length of the messages.",
              "messages", "context_length_exceeded"},
             {model("gpt-4", R"("max_tokens":8190)"),
              "This model's maximum context length is 8192 tokens. However, you requested 8198 "
              "tokens (8 in the messages, 8190 in the completion).",
              "messages", "context_length_exceeded"}});
}
