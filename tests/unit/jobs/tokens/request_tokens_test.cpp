#include "jobs/tokens/request_tokens.hpp"

#include "jobs/tokens/image_tokens.hpp"
#include "jobs/tokens/model_tokens.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace batchmill::tokens;

namespace {

constexpr auto chat = prompt_shape::messages;
constexpr auto responses = prompt_shape::items;
constexpr auto texts = prompt_shape::texts;

bool has_tables() {
  const bool has = find_token_encoding("o200k_base") && find_token_encoding("cl100k_base");
  if (!has) WARN("no tables: not tested");
  return has;
}

std::int64_t count(prompt_shape shape, std::string_view body, std::string_view model = "gpt-4o") {
  return count_prompt(shape, body, model).value().tokens;
}

}  // namespace

TEST_CASE("The endpoint says how a body holds its prompt") {
  CHECK(shape_of_endpoint("/v1/chat/completions") == chat);
  CHECK(shape_of_endpoint("/openai/deployments/x/chat/completions?api-version=1") == chat);
  CHECK(shape_of_endpoint("/v1/responses") == responses);
  CHECK(shape_of_endpoint("/v1/completions") == texts);
  CHECK(shape_of_endpoint("/v1/embeddings") == texts);
  CHECK(shape_of_endpoint("/v1/audio/speech") == prompt_shape::unknown);
  CHECK_FALSE(count_prompt(prompt_shape::unknown, "{}", "gpt-4o"));
}

TEST_CASE("Messages have tokens around them, names and the reply too") {
  if (!has_tables()) return;
  // 3 for the message, 1 for the role, 2 for the text, 3 for the reply.
  constexpr auto body = R"({"model":"m","messages":[{"role":"user","content":"hello world"}]})";
  CHECK(count(chat, body) == 9);
  CHECK(count(chat, body, "gpt-5-nano") == 8);
  CHECK(count(chat, body, "gpt-3.5-turbo") == 9);
  CHECK(count(chat, body, "gpt-3.5-turbo-0301") == 10);
  CHECK(count(chat, R"({"messages":[{"role":"user","name":"Ann","content":"hello"}]})") == 10);
  CHECK(count(chat, R"({"messages":[]})") == 3);
  CHECK(count_prompt_tokens("/v1/chat/completions", body, "gpt-4o") == 9);
}

TEST_CASE("Escapes count as what they mean") {
  if (!has_tables()) return;
  const auto with = [](std::string_view text) {
    return count(texts, R"({"prompt":")" + std::string(text) + R"("})");
  };
  CHECK(with(R"(a\n\nb)") == 3);
  CHECK(with(R"(\u304a\u8a95\u751f\u65e5)") == with("お誕生日"));
  CHECK(with(R"(\ud83d\ude00)") == with("😀"));
  CHECK(with(R"(\ud83d)") == with("\uFFFD"));
}

TEST_CASE("The sample of OpenAI's cookbook has the tokens that it gives") {
  if (!has_tables()) return;
  constexpr auto body = R"({"messages":[
    {"role":"system","content":"You are a helpful, pattern-following assistant that translates corporate jargon into plain English."},
    {"role":"system","name":"example_user","content":"New synergies will help drive top-line growth."},
    {"role":"system","name":"example_assistant","content":"Things working well together will increase revenue."},
    {"role":"system","name":"example_user","content":"Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage."},
    {"role":"system","name":"example_assistant","content":"Let's talk later when we're less busy about how to do better."},
    {"role":"user","content":"This late pivot means we don't have time to boil the ocean for the client deliverable."}]})";
  CHECK(count(chat, body, "gpt-4o") == 124);
  CHECK(count(chat, body, "gpt-4-0613") == 129);
}

TEST_CASE("Tools count as the cookbook counts them") {
  if (!has_tables()) return;
  constexpr auto body = R"({"tools":[{"type":"function","function":{"name":"get_current_weather",
    "description":"Get the current weather in a given location","parameters":{"type":"object",
    "properties":{"location":{"type":"string","description":"The city and state, e.g. San Francisco, CA"},
    "unit":{"type":"string","description":"The unit of temperature to return","enum":["celsius","fahrenheit"]}},
    "required":["location"]}}}],
    "messages":[{"role":"system","content":"You are a helpful assistant that can answer to questions about the weather."},
    {"role":"user","content":"What's the weather like in San Francisco?"}]})";
  CHECK(count(chat, body, "gpt-4o") == 101);
  CHECK(count(chat, body, "gpt-4") == 105);
}

TEST_CASE("Responses have instructions and items") {
  if (!has_tables()) return;
  CHECK(count(responses, R"({"input":"hello world"})") == 9);
  CHECK(count(responses, R"({"input":[{"role":"user","content":"hello world"}]})") == 9);
  CHECK(count(responses, R"({"input":[{"type":"message","role":"user",
      "content":[{"type":"input_text","text":"hello world"}]}]})") == 9);
  CHECK(count(responses, R"({"instructions":"hello world","input":"hello world"})") == 15);
  CHECK(count(responses, R"({"instructions":null,"input":"hello world"})") == 9);
  CHECK(count(responses, R"({"input":[{"type":"function_call_output","output":"hello world"}]})") ==
        8);
}

TEST_CASE("Texts may be several, or tokens already") {
  if (!has_tables()) return;
  CHECK(count(texts, R"({"input":["hello world","hello world"]})") == 4);
  CHECK(count(texts, R"({"input":[1,2,3]})") == 3);
  CHECK(count(texts, R"({"input":[[1,2],[3]]})") == 3);
  CHECK(count(texts, R"({"input":""})") == 1);
  CHECK(count_input(R"("hello world")", "text-embedding-3-small") == 2);
  CHECK(count_input(R"([5,6])", "text-embedding-3-small") == 2);
}

TEST_CASE("Images in messages count by size, detail and family") {
  if (!has_tables()) return;
  const auto with = [](std::string_view image, std::string_view model) {
    return count(chat,
                 R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":)" +
                     std::string(image) + "}]}]}",
                 model) -
           count(chat, R"({"messages":[{"role":"user","content":[]}]})", model);
  };
  CHECK(with(R"({"url":"https://example.com/a.png"})", "gpt-4o") == 765);
  CHECK(with(R"({"url":"https://example.com/a.png","detail":"low"})", "gpt-4o") == 85);
  // A PNG of 2048 x 4096, its header alone.
  CHECK(with(R"({"url":"data:image\/png;base64,iVBORw0KGgoAAAANSUhEUgAACAAAABAA"})", "gpt-4o") ==
        1105);
}

TEST_CASE("Images cost what the guide says") {
  CHECK(image_tokens("gpt-4o", {1024, 1024}, false) == 765);
  CHECK(image_tokens("gpt-4o", {2048, 4096}, false) == 1105);
  CHECK(image_tokens("gpt-4o", {4096, 8192}, true) == 85);
  CHECK(image_tokens("gpt-4o", {100, 100}, false) == 255);
  CHECK(image_tokens("gpt-4o-mini", {1024, 1024}, false) == 2833 + 4 * 5667);
  CHECK(image_tokens("o3", {1024, 1024}, false) == 75 + 4 * 150);
  CHECK(image_tokens("gpt-5", {1024, 1024}, false) == 70 + 4 * 140);
  CHECK(image_tokens("gpt-4.1-mini", {1024, 1024}, false) == 1659);  // 1024 × 1.62
  CHECK(image_tokens("gpt-4.1-mini", {1800, 2400}, false) == 2353);  // 1452 × 1.62
  CHECK(image_tokens("o4-mini", {32, 32}, false) == 2);
  CHECK(image_tokens("gpt-4.1-mini", {100'000, 10}, false) <= 2489);
}

TEST_CASE("The size of an image stands in its first bytes") {
  using namespace std::string_literals;
  const auto size = [](const std::string& file) {
    const auto s = size_of_image(file);
    return s ? std::pair(s->width, s->height) : std::pair<std::int64_t, std::int64_t>(0, 0);
  };
  using pair = std::pair<std::int64_t, std::int64_t>;
  CHECK(size("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\2\0\0\0\1\0"s) == pair(512, 256));
  CHECK(size("GIF89a\x40\1\x20\0"s) == pair(320, 32));
  CHECK(size("RIFF....WEBPVP8 ....\0\0\0\x9D\1\x2A\x40\1\x20\0"s) == pair(320, 32));
  CHECK(size("RIFF....WEBPVP8X....\0\0\0\0\x3F\1\0\x1F\0\0"s) == pair(320, 32));
  CHECK(size("RIFF....WEBPVP8L....\x2F\x3F\xC1\7\0\0\0\0\0\0"s) == pair(320, 32));
  CHECK(size("\xFF\xD8\xFF\xE0\0\4..\xFF\xC0\0\x11\x08\0\x20\1\x40.."s) == pair(320, 32));
  CHECK(size("\xFF\xD8\xFF\xE0\0\4.."s) == pair(0, 0));
  CHECK(size("\x89PNG\r\n\x1A\n\0\0"s) == pair(0, 0));
  CHECK(size("") == pair(0, 0));
}

TEST_CASE("Fine-tuned models are framed as their base") {
  CHECK(overheads_of("ft:gpt-4:acme").function == overheads_of("gpt-4").function);
  CHECK(overheads_of("o3-mini").reply == 2);
  CHECK(overheads_of("gpt-4o").reply == 3);
  CHECK(tokens_of_model("some-other-model").encoding == find_token_encoding("o200k_base"));
}

TEST_CASE("A count is exact for messages of text to a known model, and says so") {
  if (!has_tables()) return;
  const auto exact = [](prompt_shape shape, std::string_view body, std::string_view model) {
    return count_prompt(shape, body, model)->exact;
  };
  const auto chat_with = [&](const std::string& more) {
    return exact(chat, R"({"messages":[{"role":"user","content":"\"tools\""}])" + more + "}",
                 "gpt-4o");
  };
  CHECK(chat_with(""));
  CHECK(chat_with(R"(,"response_format":{"type":"json_object"})"));
  CHECK_FALSE(chat_with(R"(,"tools":[])"));
  CHECK_FALSE(chat_with(R"(,"prediction":{"type":"content","content":"x"})"));
  CHECK_FALSE(chat_with(R"(,"response_format":{"type":"json_schema","json_schema":)"
                        R"({"name":"a","schema":{"type":"object"}}})"));
  for (const char* message :
       {R"({"role":"assistant","tool_calls":[]})",
        R"({"content":[{"type":"file","file":{"file_id":"f"}}]})",
        R"({"content":[{"type":"image_url","image_url":{"url":"https://x"}}]})"}) {
    CHECK_FALSE(exact(chat, R"({"messages":[)" + std::string(message) + "]}", "gpt-4o"));
  }
  constexpr auto plain = R"({"messages":[{"role":"user","content":"x"}],"input":"x"})";
  CHECK_FALSE(exact(chat, plain, "some-other-model"));
  CHECK_FALSE(exact(responses, plain, "gpt-4o"));
  CHECK_FALSE(exact(texts, plain, "gpt-4o"));
}
