// Datasets with one fault each: the check finds that fault, at its place, and nothing else.
#include "tests/support/catch.hpp"
#include "tests/unit/fine_tuning/dataset.hpp"

namespace batchmill {
namespace {

using fine_tuning::method;
using testing::check_text;
using testing::found_in;
using testing::good_lines;
using testing::joined;

using found = std::vector<std::string>;

constexpr int bad_line = 31;

/// A line that takes the place of a good one, and what is found there.
struct fault {
  method how;
  std::string line;
  std::string expected;  // "code" or "code:column"
  std::string model = "";
};

std::string expected_place(const std::string& expected) {
  const std::size_t colon = expected.find(':');
  const std::string column = colon == std::string::npos ? "" : expected.substr(colon);
  return fmt::format("{} at {}{}", expected.substr(0, colon), bad_line, column);
}

std::string chat(const std::string& messages, const std::string& more = "") {
  return R"({"messages":[{"role":"system","content":"Be brief."},)" + messages + "]" + more + "}";
}

const std::string user = R"({"role":"user","content":"What is the weather in Bern?"})";
const std::string answer =
    R"({"role":"assistant","content":"Sunny, as it is on most days there."})";
const std::string tools =
    R"(,"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}])";
const std::string call =
    R"({"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}}]})";
const std::string result = R"({"role":"tool","tool_call_id":"c1","content":"sun"})";

std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string pair_of(const std::string& preferred, const std::string& rejected) {
  return R"({"input":{"messages":[{"role":"system","content":"Be brief."},)" + user + "]}" +
         preferred + rejected + "}";
}

const std::string preferred = R"(,"preferred_output":[{"role":"assistant","content":"Sun."}])";
const std::string rejected = R"(,"non_preferred_output":[{"role":"assistant","content":"Rain."}])";

std::string image(const std::string& url) {
  return R"({"type":"image_url","image_url":{"url":")" + url + "\"}}";
}

std::string images(int count) {
  std::string parts;
  for (int i = 0; i < count; ++i) parts += (i > 0 ? "," : "") + image("https://example.com/1.png");
  return R"({"role":"user","content":[)" + parts + "]}";
}

std::vector<fault> faults() {
  const method chats = method::supervised;
  const method pairs = method::preference;
  const method items = method::reinforcement;
  const method texts = method::completion;
  return {
      {chats, R"({"messages":[}])", "invalid_json:14"},
      {chats, "{\"messages\":[{\"role\":\"user\",\"content\":\"\xFF\"}]}", "invalid_json:40"},
      {chats, R"(["a"])", "data_type:1"},
      {chats, "", "blank_line"},
      {chats, chat(R"({"role":"user","content":"a","content":"b"},)" + answer), "repeated_key:83"},
      {chats, chat(user + "," + answer, R"(,"sorce":1)"), "unknown_key:181"},
      {chats, R"({"message":[]})", "missing_messages_list:1"},
      {chats, R"({"messages":[]})", "missing_messages_list:13"},
      {chats, R"({"messages":"none"})", "messages_not_list:13"},
      {chats, chat(user + ",5," + answer), "message_not_object"},
      {chats, chat(R"({"content":"Hello"},)" + answer), "message_missing_key:54"},
      {chats, chat(R"({"role":"user"},)" + answer), "message_missing_key:54"},
      {chats, chat(R"({"role":"user","content":"Hello","wieght":1},)" + answer),
       "message_unrecognized_key:87"},
      {chats, chat(R"({"role":"human","content":"Hello"},)" + answer), "unrecognized_role:62"},
      {chats, chat(R"({"content":"é","role":"usr"},)" + answer), "unrecognized_role:76"},
      {chats, chat(user + R"(,{"role":"assistant","content":null})"), "missing_content"},
      {chats, chat(R"({"role":"user","content":[]},)" + answer), "missing_content:79"},
      {chats, chat(R"({"role":"user","content":7},)" + answer), "content_type:79"},
      {chats, chat(R"({"role":"user","content":[{"type":"video"}]},)" + answer), "unknown_part:80"},
      {chats, chat(R"({"role":"user","name":"Ann Lee","content":"Hello"},)" + answer),
       "bad_name:76"},
      {chats, chat(user), "example_missing_assistant_message"},
      {chats, chat(user + "," + answer + "," + R"({"role":"user","content":"Thanks!"})"),
       "last_message_not_assistant"},
      {chats, chat(user + "," + with(answer, "\"}", "\",\"weight\":2}")), "bad_weight"},
      {chats, chat(with(user, "\"}", "\",\"weight\":1}") + "," + answer), "weight_of_other_role"},
      {chats, chat(user + "," + with(answer, "\"}", "\",\"weight\":0}")), "nothing_trained"},
      {chats, chat(user + "," + answer, R"(,"tools":[])"), "tools_not_list"},
      {chats, chat(user + "," + answer, R"(,"tools":[{"name":"weather"}])"), "bad_tool"},
      {chats, chat(user + "," + answer, tools + R"(,"functions":[{"name":"f"}])"),
       "tools_and_functions"},
      {chats, chat(user + "," + answer, tools + R"(,"parallel_tool_calls":"yes")"),
       "bad_parallel_tool_calls"},
      {chats, chat(user + "," + with(call, R"("id":"c1",)", ""), tools), "bad_tool_call"},
      {chats, chat(user + "," + with(call, "{}", "{place"), tools), "arguments_not_json"},
      {chats, chat(with(user, "\"}", R"(","tool_calls":[]})") + "," + answer),
       "calls_of_other_role"},
      {chats,
       chat(user + "," + call + "," + with(result, R"("tool_call_id":"c1",)", "") + "," + call,
            tools),
       "missing_tool_call_id"},
      {chats, chat(user + "," + call + "," + result + "," + result + "," + answer, tools),
       "unknown_tool_call_id"},
      {chats, chat(user + "," + call + "," + answer, tools), "unanswered_call"},
      {chats, chat(user + "," + with(call, "weather", "wether"), tools), "undefined_tool"},
      {chats,
       chat(user + R"(,{"role":"assistant","content":[)" + image("https://a.b/c.png") + "]}"),
       "image_of_other_role"},
      {chats, chat(R"({"role":"user","content":[)" + image("lamp.png") + "]}," + answer),
       "bad_image"},
      {chats, chat(images(11) + "," + answer), "too_many_images"},
      {chats, chat(images(1) + "," + answer), "images_not_offered", "gpt-4o-mini"},
      {chats, chat(user + R"(,{"role":"assistant","content":" \n "})"), "empty_answer"},
      {chats,
       chat(user + R"(,{"role":"assistant","content":"I’m sorry, but I can’t help with that."})"),
       "refusal"},
      {chats, chat(R"({"role":"user","content":""},)" + answer), "empty_prompt:79"},
      {chats, testing::good_line(chats, 30), "exact_duplicate"},
      {chats, with(testing::good_line(chats, 30), "Explain topic", "explain  TOPIC,"),
       "near_duplicate"},
      {chats, R"({"messages":[)" + user + "," + answer + "]}", "missing_system_message"},
      {chats, chat(answer), "missing_user_message"},
      {chats,
       chat(user + R"(,{"role":"assistant","function_call":{"name":"f","arguments":"{}"}})",
            R"(,"functions":[{"name":"f"}])"),
       "deprecated_functions"},

      {pairs, with(testing::good_line(pairs, 500), "\"input\"", "\"inputs\""), "missing_input:1"},
      {pairs, pair_of(preferred, ""), "missing_output:1"},
      {pairs,
       pair_of(preferred + R"(,"preferred_completion":[{"role":"assistant","content":"S"}])",
               rejected),
       "both_spellings"},
      {pairs, pair_of(with(preferred, "}]", "}," + answer + "]"), rejected), "bad_output"},
      {pairs, pair_of(with(preferred, "assistant", "user"), rejected), "bad_output"},
      {pairs, with(pair_of(preferred, rejected), user, images(1)), "not_text"},
      {pairs, with(pair_of(preferred, rejected), user, user + "," + answer),
       "input_ends_with_answer"},
      {pairs, pair_of(preferred, with(rejected, "Rain.", "Sun.")), "same_outputs"},

      {items, R"({"messages":[)" + user + "," + answer + R"(],"reference":"1"})",
       "last_message_not_user"},
      {items, R"({"messages":[)" + user + R"(],"refrence":"1"})", "other_keys"},

      {texts, R"({"completion":" yes END"})", "missing_prompt:1"},
      {texts, R"({"prompt":"a ->","complete":" yes END"})", "missing_completion:1"},
      {texts, R"({"prompt":"a ->","completion":5})", "not_a_text:31"},
      {texts, R"({"prompt":"a ->","completion":"yes END"})", "no_leading_space:31"},
      {texts, R"({"prompt":"a)" + std::string(10'000, 'b') + R"( ->","completion":" yes END"})",
       "long_example"},
  };
}

}  // namespace

TEST_CASE("fine-tuning data: good examples of every format are good") {
  for (const method how :
       {method::supervised, method::preference, method::reinforcement, method::completion}) {
    const auto lines = good_lines(how);
    const auto report = check_text(joined(lines));
    INFO(fine_tuning::name_of(how));
    CHECK(report.training.how == how);
    CHECK(found_in(report.training) == found());
    CHECK(report.good());
    CHECK(report.training.examples == lines.size());
  }
}

TEST_CASE("fine-tuning data: a bad line is found, at its place, and nothing else") {
  for (const fault& f : faults()) {
    INFO(f.line);
    auto lines = good_lines(f.how);
    lines[bad_line - 1] = f.line;
    fine_tuning::check_options options;
    options.model = f.model;
    const auto report = check_text(joined(lines), options);
    const found all = found_in(report.training);
    INFO(fmt::format("{}", fmt::join(all, ", ")));
    CHECK(all.size() == 1);
    if (all.size() != 1) continue;
    const std::string expected = expected_place(f.expected);
    const bool has_column = f.expected.find(':') != std::string::npos;
    CHECK((all.front() == expected || (!has_column && all.front().starts_with(expected + ":"))));
    CHECK(report.training.examples == lines.size() - (f.line.empty() ? 1 : 0));
  }
}

}  // namespace batchmill
