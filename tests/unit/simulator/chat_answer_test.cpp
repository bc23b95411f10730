// What the chat endpoint answers.
#include "runner/simulator/chat_answer.hpp"

#include <set>

#include "batchmill/tokens.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

std::string classify(std::string_view instructions, std::string_view text) {
  simulated_api api;
  const boost::json::value body = {
      {"model", "gpt-4o-mini"},
      {"messages",
       {{{"role", "system"}, {"content", instructions}}, {{"role", "user"}, {"content", text}}}}};
  return api.chat(boost::json::serialize(body)).content();
}

}  // namespace

TEST_CASE("an answer looks like the API's") {
  simulated_api api;
  const auto answer = api.chat(chat_body("Say something."));
  CHECK(answer.status() == 200);
  CHECK(answer.raw.body.starts_with("{\n  \"id\": \"chatcmpl-"));
  CHECK(answer.text("/object") == "chat.completion");
  CHECK(answer.text("/model") == "gpt-4o-mini-2024-07-18");
  CHECK(answer.text("/choices/0/message/role") == "assistant");
  CHECK(answer.at("/choices/0/message/refusal").is_null());
  CHECK(answer.at("/choices/0/logprobs").is_null());
  CHECK(answer.text("/choices/0/finish_reason") == "stop");
  CHECK(answer.text("/system_fingerprint").starts_with("fp_"));
  // A frame of 3, 1 for the role, 3 for the text, 3 for the reply; or a guess without tables.
  CHECK(answer.number("/usage/prompt_tokens") == (find_token_encoding("o200k_base") ? 10 : 11));
  CHECK(answer.number("/usage/total_tokens") ==
        answer.number("/usage/prompt_tokens") + answer.number("/usage/completion_tokens"));
  CHECK(answer.number("/usage/completion_tokens_details/reasoning_tokens") == 0);
}

TEST_CASE("n choices are counted together and differ") {
  simulated_api api;
  const auto answer = api.chat(chat_body("Say something.", R"("n":5)"));
  std::set<std::string> texts;
  for (const auto& choice : answer.at("/choices").as_array())
    texts.insert(boost::json::value_to<std::string>(choice.at_pointer("/message/content")));
  CHECK(answer.at("/choices").as_array().size() == 5);
  CHECK(answer.number("/choices/4/index") == 4);
  CHECK(texts.size() > 1);
  CHECK(answer.number("/usage/completion_tokens") > 5);
}

TEST_CASE("an answer that is too long is cut") {
  simulated_api api;
  const auto answer = api.chat(chat_body("Say something.", R"("max_tokens":3)"));
  CHECK(answer.content().size() == 12);
  CHECK(answer.text("/choices/0/finish_reason") == "length");
  CHECK(answer.number("/usage/completion_tokens") == 3);
}

TEST_CASE("an answer ends before a stop sequence") {
  simulated_api api;
  const auto whole = api.chat(chat_body("Say something.")).content();
  // Another request is another answer; every sentence has a space and an "a".
  const auto answer = api.chat(chat_body("Say something.", R"("stop":[" ","@"])"));
  CHECK(answer.content().find(' ') == std::string::npos);
  CHECK(whole.find(' ') != std::string::npos);
}

TEST_CASE("logprobs cover the text") {
  simulated_api api;
  const auto answer = api.chat(chat_body("Say something.", R"("logprobs":true,"top_logprobs":2)"));
  std::string text;
  for (const auto& token : answer.at("/choices/0/logprobs/content").as_array()) {
    text += boost::json::value_to<std::string>(token.at("token"));
    CHECK(token.at("logprob").to_number<double>() < 0);
    CHECK(token.at("top_logprobs").as_array().size() == 2);
  }
  CHECK(text == answer.content());
}

TEST_CASE("a prompt that lists labels gets the one that fits the text") {
  const std::string charged = "I was charged twice on my credit card, please refund me.";
  const std::string crash = "The app crashes with an error when I open a file.";
  for (const auto* prompt :
       {"Classify the ticket. Answer with one of: billing, bug, account.",
        "Labels: billing, bug, account", "Answer with (billing|bug|account) only.",
        "Classify this support ticket as billing, bug or account.",
        "Choose one of the following categories:\n- billing: money\n- bug: faults\n- account\n",
        "Pick one of 'billing', 'bug', or 'account'.",
        "Possible categories: [\"billing\", \"bug\", \"account\"]",
        "Categories:\n1. billing\n2. bug\n3. account\n\nAnswer with one word."}) {
    INFO(prompt);
    CHECK(classify(prompt, charged) == "billing");
    CHECK(classify(prompt, crash) == "bug");
  }
}

TEST_CASE("labels in the user's own text work too") {
  simulated_api api;
  const auto answer =
      api.chat(chat_body("Sentiment of this review, one of positive, negative, neutral:\n"
                         "I love this, it is great."));
  CHECK(answer.content() == "positive");
}

TEST_CASE("a text that hints at nothing gets the catch-all or any label") {
  CHECK(classify("One of: billing, bug, other.", "xyzzy") == "other");
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i)
    seen.insert(classify("One of: red, green, blue.", "qqq" + std::to_string(i)));
  CHECK(seen == std::set<std::string>{"red", "green", "blue"});
}

TEST_CASE("ordinary questions are not taken for classification") {
  for (const auto* text :
       {"One of his friends, Tom, came by. How many apples are left?",
        "Janet's ducks lay 16 eggs per day. She eats three for breakfast every morning.", ""})
    CHECK(classify("You are a helpful assistant.", text).size() > 20);
}

TEST_CASE("a schema is filled with labels that fit the text") {
  simulated_api api;
  const auto answer = api.chat(chat_body(
      "The invoice is wrong, I want a refund.",
      R"("response_format":{"type":"json_schema","json_schema":{"name":"t","strict":true,"schema":
      {"type":"object","additionalProperties":false,"required":["category","urgent"],"properties":
      {"category":{"type":"string","enum":["bug","billing","account"]},
       "urgent":{"type":"boolean"}}}}})"));
  const auto value = boost::json::parse(answer.content());
  CHECK(value.at("category").as_string() == "billing");
  CHECK(value.at("urgent").is_bool());
  CHECK(value.as_object().size() == 2);
}

TEST_CASE("JSON mode answers with an object") {
  simulated_api api;
  const auto answer =
      api.chat(chat_body("As JSON.", R"("response_format":{"type":"json_object"})"));
  CHECK(boost::json::parse(answer.content()).is_object());
}

TEST_CASE("a forced tool is called with arguments that fit") {
  simulated_api api;
  const std::string tools =
      R"("tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object",
      "properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1,"maximum":7}},
      "required":["city","days"]}}}],"tool_choice":)";
  for (const auto* choice :
       {R"("required")", R"({"type":"function","function":{"name":"weather"}})"}) {
    const auto answer = api.chat(chat_body("hi", tools + choice));
    CHECK(answer.at("/choices/0/message/content").is_null());
    const auto at = std::string("/choices/0/message/tool_calls/0");
    CHECK(answer.text(at + "/function/name") == "weather");
    const auto arguments = boost::json::parse(answer.text(at + "/function/arguments"));
    CHECK(arguments.at("city").is_string());
    CHECK(arguments.at("days").as_int64() >= 1);
    CHECK(arguments.at("days").as_int64() <= 7);
  }
  CHECK(api.chat(chat_body("hi", tools + "\"auto\"")).content().size() > 10);
}

TEST_CASE("labels of several words and in many fashions are understood") {
  const auto* prompt =
      "You sort tickets.\nWhich of these labels fits the ticket best?\n"
      "Labels: billing, bug, feature_request, cancellation, other\nAnswer with one word.";
  CHECK(classify(prompt, "Please cancel my contract.") == "cancellation");
  CHECK(classify(prompt, "I wish there was a dark mode.") == "feature_request");
  CHECK(classify(prompt, "\xe5\xb1\x95\xe7\xa4\xba\xe4\xbc\x9a") == "other");
  CHECK(classify("Choose from these options: Very good / Bad", "terrible, the worst") == "Bad");
  CHECK(classify("Respond in JSON like {\"label\": \"spam|ham\"}", "free prize") == "spam");
}
