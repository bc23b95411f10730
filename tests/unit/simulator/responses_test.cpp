#include "runner/simulator/endpoints/responses.hpp"

#include "batchmill/tokens.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

std::string body(std::string_view input, std::string_view more = {}) {
  std::string out = R"({"model":"gpt-4o-mini","input":)";
  out.append(input);
  if (!more.empty()) out.append(",").append(more);
  return out + "}";
}

api_answer respond(std::string_view input, std::string_view more = {}) {
  simulated_api api;
  return api.post("/v1/responses", body(input, more));
}

const std::string text_of_answer = "/output/0/content/0/text";

}  // namespace

TEST_CASE("a response looks like the API's") {
  const auto answer = respond("\"hi\"", R"("instructions":"Be brief.","metadata":{"row":"7"})");
  REQUIRE(answer.status() == 200);
  CHECK(answer.text("/object") == "response");
  CHECK(answer.text("/id").starts_with("resp_"));
  CHECK(answer.text("/status") == "completed");
  CHECK(answer.text("/model") == "gpt-4o-mini-2024-07-18");
  CHECK(answer.text("/instructions") == "Be brief.");
  CHECK(answer.text("/metadata/row") == "7");
  CHECK(answer.text("/output/0/type") == "message");
  CHECK(answer.text("/output/0/status") == "completed");
  CHECK(answer.text("/output/0/content/0/type") == "output_text");
  CHECK_FALSE(answer.text(text_of_answer).empty());
  CHECK(answer.text("/text/format/type") == "text");
  CHECK(answer.at("/error").is_null());
  CHECK(answer.at("/incomplete_details").is_null());
  // Frames of 3, roles of 1, texts of 3 and 1, 3 for the reply; or a guess without tables.
  CHECK(answer.number("/usage/input_tokens") == (find_token_encoding("o200k_base") ? 15 : 11));
  CHECK(answer.number("/usage/total_tokens") ==
        answer.number("/usage/input_tokens") + answer.number("/usage/output_tokens"));
}

TEST_CASE("equal requests get equal responses, another seed another") {
  simulation_options options;
  options.seed = 7;
  simulated_api other(options);
  CHECK(respond("\"hi\"").raw.body == respond("\"hi\"").raw.body);
  CHECK(respond("\"hi\"").raw.body != other.post("/v1/responses", body("\"hi\"")).raw.body);
}

TEST_CASE("the last user message decides, and instructions may list labels") {
  const auto labels = R"("instructions":"Answer with one of: billing, shipping, login.")";
  CHECK(respond("\"my invoice has a billing error\"", labels).text(text_of_answer) == "billing");
  const auto items = R"([{"role":"user","content":"a question of billing"},
      {"type":"message","role":"assistant","content":[{"type":"output_text","text":"billing"}]},
      {"role":"user","content":[{"type":"input_text","text":"where is the shipping notice"},
       {"type":"input_image","image_url":"https://example.com/a.png","detail":"low"},
       {"type":"input_file","file_id":"file-1"}]}])";
  CHECK(respond(items, labels).text(text_of_answer) == "shipping");
}

TEST_CASE("a response fits the schema it was asked for") {
  const auto answer = respond("\"hi\"", R"("text":{"format":{"type":"json_schema","name":"a",
      "strict":true,"schema":{"type":"object","properties":{"v":{"type":"integer"}},
      "required":["v"],"additionalProperties":false}}})");
  REQUIRE(answer.status() == 200);
  CHECK(boost::json::parse(answer.text(text_of_answer)).at("v").is_int64());
  CHECK(answer.text("/text/format/name") == "a");
  CHECK(boost::json::parse(respond("\"as json\"", R"("text":{"format":{"type":"json_object"}})")
                               .text(text_of_answer))
            .is_object());
}

TEST_CASE("a response that is too long is incomplete") {
  const auto answer =
      respond("\"hi\"", R"("max_output_tokens":16,"text":{"format":{"type":"json_schema","name":"a",
      "schema":{"type":"string","minLength":200}}})");
  REQUIRE(answer.status() == 200);
  CHECK(answer.text("/status") == "incomplete");
  CHECK(answer.text("/incomplete_details/reason") == "max_output_tokens");
  CHECK(answer.text("/output/0/status") == "incomplete");
  CHECK(answer.number("/usage/output_tokens") == 16);
  CHECK(answer.at("/completed_at").is_null());
}

TEST_CASE("a forced function is called") {
  const auto tools = R"("tools":[{"type":"web_search"},{"type":"function","name":"f","parameters":
      {"type":"object","properties":{"a":{"type":"boolean"}},"required":["a"]}}],)";
  for (const auto* choice :
       {R"("tool_choice":"required")", R"("tool_choice":{"type":"function","name":"f"})"}) {
    const auto answer = respond("\"hi\"", std::string(tools) + choice);
    REQUIRE(answer.status() == 200);
    CHECK(answer.text("/output/0/type") == "function_call");
    CHECK(answer.text("/output/0/name") == "f");
    CHECK(answer.text("/output/0/call_id").starts_with("call_"));
    CHECK(boost::json::parse(answer.text("/output/0/arguments")).at("a").is_bool());
  }
  CHECK(respond("\"hi\"", tools + std::string(R"("tool_choice":"auto")")).text("/output/0/type") ==
        "message");
  const auto after = respond(R"([{"role":"user","content":"hi"},
      {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
      {"type":"function_call_output","call_id":"c","output":"1"}])");
  CHECK(after.status() == 200);
}

TEST_CASE("the fault \"failed\" is a 200 whose status says so") {
  simulated_api api;
  const auto answer = api.post("/v1/responses", body("\"hi\""), "failed");
  REQUIRE(answer.status() == 200);
  CHECK(answer.text("/status") == "failed");
  CHECK(answer.text("/error/code") == "server_error");
  CHECK(answer.at("/output").as_array().empty());
  CHECK(answer.at("/usage").is_null());
  CHECK(api.counters().executed == 1);
  CHECK(api.chat(chat_body("hi"), "failed").status() == 200);
}

TEST_CASE("a response is stored unless it is not wanted") {
  simulated_api api;
  const auto made = api.post("/v1/responses", body("\"hi\""));
  const auto path = "/v1/responses/" + made.text("/id");
  CHECK(api.get(path).raw.body == made.raw.body);
  CHECK(api.post("/v1/responses",
                 body("\"go on\"", "\"previous_response_id\":\"" + made.text("/id") + "\""))
            .status() == 200);
  const auto deleted = api.send("DELETE", path, "", "");
  CHECK(deleted.status() == 200);
  CHECK(deleted.at("/deleted").as_bool());
  CHECK(api.get(path).error() == "Response with id '" + made.text("/id") + "' not found.");
  CHECK(api.send("DELETE", path, "", "").status() == 404);

  const auto unstored = api.post("/v1/responses", body("\"hi\"", R"("store":false)"));
  CHECK(api.get("/v1/responses/" + unstored.text("/id")).status() == 404);
}

TEST_CASE("only the newest responses are kept") {
  simulator_detail::response_store store(2);
  store.put("a", "1");
  store.put("b", "2");
  CHECK(store.remove("a"));
  store.put("a", "3");
  store.put("c", "4");
  CHECK(store.find("b") == nullptr);
  REQUIRE(store.find("a") != nullptr);
  CHECK(*store.find("a") == "3");
  CHECK_FALSE(store.remove("b"));
}

TEST_CASE("what a response does not take is refused") {
  simulated_api api;
  const auto check = [&](const std::string& sent, std::string_view param, std::string_view code,
                         std::string_view message = {}) {
    INFO(sent);
    const auto answer = api.post("/v1/responses", sent);
    CHECK(answer.status() == 400);
    REQUIRE(answer.json.as_object().contains("error"));
    CHECK(answer.param() == param);
    CHECK(answer.code() == code);
    if (!message.empty()) CHECK(answer.error() == message);
  };
  const std::string hi = "\"hi\"";
  check(R"({"input":"hi"})", "model", "missing_required_parameter");
  check(R"({"model":"gpt-4o"})", "input", "missing_required_parameter");
  check(R"({"model":"gpt-5.2-proo","input":"hi"})", "model", "model_not_found",
        "The requested model 'gpt-5.2-proo' does not exist.");
  check(R"({"model":"text-embedding-3-small","input":"hi"})", "model", "unsupported_model");
  check(R"({"model":"o3","input":"hi","temperature":0})", "temperature", "unsupported_value");
  check(body(hi, R"("messages":[])"), "messages", "unknown_parameter",
        "Unknown parameter: 'messages'.");
  check(body(hi, R"("temperature":-1)"), "temperature", "decimal_below_min_value",
        "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 "
        "instead.");
  check(body(hi, R"("max_output_tokens":15)"), "max_output_tokens", "integer_below_min_value");
  check(body(hi, R"("max_output_tokens":16385)"), "max_output_tokens", "integer_above_max_value");
  check(body(hi, R"("metadata":{"a":1})"), "metadata.a", "invalid_type");
  std::string pairs = R"("k0":"")";
  for (int i = 1; i < 17; ++i) pairs += ",\"k" + std::to_string(i) + "\":\"\"";
  check(body(hi, "\"metadata\":{" + pairs + "}"), "metadata", "object_above_max_properties");
  check(body(hi, R"("metadata":{"a":")" + std::string(513, 'x') + "\"}"), "metadata.a",
        "string_above_max_length");
  check(body(hi, R"("background":true)"), "background", "unsupported_value");
  check(body(hi, R"("conversation":"conv_1")"), "conversation", "unsupported_parameter");
  check(body(hi, R"("previous_response_id":"resp_0")"), "previous_response_id",
        "previous_response_not_found");
  check(body(hi, R"("text":{"format":{"type":"xml"}})"), "text.format.type", "invalid_value");
  check(body(hi, R"("text":{"format":{}})"), "text.format.type", "missing_required_parameter");
  check(body(hi, R"("text":{"format":{"type":"json_object"}})"), "input", "null");
  check(body(hi, R"("text":{"format":{"type":"json_schema","schema":{}}})"), "text.format.name",
        "missing_required_parameter");
  check(body(hi, R"("text":{"format":{"type":"json_schema","name":"a"}})"), "text.format.schema",
        "missing_required_parameter");
  check(body(hi, R"("text":{"format":{"type":"json_schema","name":"a","strict":true,
        "schema":{"type":"object","properties":{}}}})"),
        "text.format.schema", "null");
  check(body(hi, R"("text":{"verbosity":"huge"})"), "text.verbosity", "invalid_value");
  check(body(hi, R"("tools":[{"type":"function"}])"), "tools[0].name",
        "missing_required_parameter");
  check(body(hi, R"("tools":[],"tool_choice":{"type":"function","name":"g"})"), "tool_choice",
        "null");
  check(body("[]"), "input", "empty_array");
  check(body("5"), "input", "invalid_type");
  check(body("[5]"), "input[0]", "invalid_type");
  check(body(R"([{"content":"hi"}])"), "input[0].role", "missing_required_parameter");
  check(body(R"([{"role":"tool","content":"hi"}])"), "input[0].role", "invalid_value");
  check(body(R"([{"role":"user"}])"), "input[0].content", "missing_required_parameter");
  check(body(R"([{"role":"user","content":5}])"), "input[0].content", "invalid_type");
  check(body(R"([{"role":"user","content":[{"type":"text","text":"a"}]}])"),
        "input[0].content[0].type", "invalid_value");
  check(body(R"([{"role":"user","content":[{"type":"output_text","text":"a"}]}])"),
        "input[0].content[0]", "invalid_value");
  check(body(R"([{"role":"user","content":[{"type":"input_text"}]}])"), "input[0].content[0].text",
        "missing_required_parameter");
  check(body(R"([{"role":"user","content":[{"type":"input_image","image_url":"x"}]}])"),
        "input[0].content[0].image_url", "invalid_value");
  check(body(R"([{"role":"user","content":[{"type":"input_file"}]}])"),
        "input[0].content[0].file_id", "missing_required_parameter");
  check(body(R"([{"type":"thought"}])"), "input[0].type", "invalid_value");
  check(body(R"([{"type":"function_call_output","output":"1"}])"), "input[0].call_id",
        "missing_required_parameter");
  check(body('"' + text_of_tokens(128'000) + '"'), "input", "context_length_exceeded",
        "Your input exceeds the context window of this model. Please adjust your input and try "
        "again.");
}
