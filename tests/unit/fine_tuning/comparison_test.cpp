#include "batchmill/fine_tuning_comparison.hpp"

#include <fmt/format.h>

#include "batchmill/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::fine_tuning;
using batchmill::testing::temporary_folder;

namespace {

/// A validation file and results files of models over it.
class answered {
 public:
  explicit answered(const std::string& examples)
      : list_(read_prompts(folder_.write("valid.jsonl", examples))) {}

  /// The answers in order; "!" is a request that failed, raw messages begin with a brace.
  answered& model(const std::string& name, const std::vector<std::string>& answers) {
    std::string lines;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const std::string head = fmt::format(R"({{"custom_id":"line-{}",)", list_.prompts[i].line);
      const std::string message = answers[i].starts_with("{")
                                      ? answers[i]
                                      : fmt::format(R"({{"content":"{}"}})", answers[i]);
      lines += head;
      lines += answers[i] == "!"
                   ? R"("response":null,"error":{"code":"timed_out"}})"
                   : fmt::format(R"("response":{{"status_code":200,"body":{{"choices":[{{)"
                                 R"("message":{}}}],"usage":{{"prompt_tokens":1000,)"
                                 R"("completion_tokens":500}}}}}},"error":null}})",
                                 message);
      lines += "\n";
    }
    model_answers& one = models_.emplace_back();
    one.model = name;
    one.results = folder_.write(fmt::format("{}.jsonl", models_.size()), lines);
    one.info = model_catalogue::known().find(name);
    return *this;
  }

  comparison compared(const comparison_options& options = {}) const {
    return compare(list_, models_, options);
  }

  const prompt_list& list() const { return list_; }

 private:
  temporary_folder folder_;
  prompt_list list_;
  std::vector<model_answers> models_;
};

std::string example(const std::string& question, const std::string& answer) {
  return fmt::format(R"({{"messages":[{{"role":"system","content":"Sort."}},)"
                     R"({{"role":"user","content":"{}"}},{{"role":"assistant","content":"{}"}}]}})",
                     question, answer) +
         "\n";
}

std::string labelled(const std::vector<std::string>& labels) {
  std::string lines;
  for (const std::string& label : labels) lines += example("What is " + label + "?", label);
  return lines;
}

std::string complaint(const std::string& examples) {
  const temporary_folder folder;
  const std::string path = folder.write("valid.jsonl", examples);
  try {
    read_prompts(path);
  } catch (const usage_error& error) {
    std::string text = error.what();
    for (std::size_t at; (at = text.find(path)) != std::string::npos;)
      text.replace(at, path.size(), "valid.jsonl");
    return text;
  }
  return {};
}

}  // namespace

TEST_CASE("what is asked is all before the last answer that is trained on") {
  const answered files(
      "\n" + example("Say \\u00e9 1.50", "yes") +
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0},)"
      R"({"role":"user","content":"c"},{"role":"assistant","content":"d","weight":1},)"
      R"({"role":"user","content":"e"},{"role":"assistant","content":"f","weight":0}],)"
      R"("tools":[{"type":"function","function":{"name":"x"}}],"parallel_tool_calls":false})");
  const auto& prompts = files.list().prompts;
  REQUIRE(prompts.size() == 2);
  CHECK(prompts[0].line == 2);
  CHECK(prompts[0].body ==
        R"({"custom_id":"line-2","messages":[{"role":"system","content":"Sort."},)"
        R"({"role":"user","content":"Say \u00e9 1.50"}]})");
  CHECK(prompts[0].shown == "Say \xC3\xA9 1.50");
  CHECK(prompts[0].reference == "yes");
  CHECK(prompts[1].body ==
        R"({"custom_id":"line-3","messages":[{"role":"user","content":"a"},)"
        R"({"role":"assistant","content":"b"},{"role":"user","content":"c"}],)"
        R"("tools":[{"type":"function","function":{"name":"x"}}],"parallel_tool_calls":false})");
  CHECK(prompts[1].reference == "d");
  CHECK(files.list().endpoint() == "/v1/chat/completions");
}

TEST_CASE("preferences are asked their input, completions their prompt") {
  const answered pairs(R"({"input":{"messages":[{"role":"user","content":"q"}]},)"
                       R"("preferred_output":[{"role":"assistant","content":"good"}],)"
                       R"("non_preferred_output":[{"role":"assistant","content":"bad"}]})");
  CHECK(pairs.list().prompts[0].body ==
        R"({"custom_id":"line-1","messages":[{"role":"user","content":"q"}]})");
  CHECK(pairs.list().prompts[0].reference == "good");

  const answered completions(R"({"prompt":"one two ->","completion":" three END"})");
  CHECK(completions.list().endpoint() == "/v1/completions");
  CHECK(completions.list().prompts[0].body == R"({"custom_id":"line-1","prompt":"one two ->"})");
  CHECK(completions.list().prompts[0].reference == " three END");

  const answered graded(R"({"messages":[{"role":"user","content":"q"}],"solution":"x"})");
  CHECK_FALSE(graded.list().prompts[0].has_reference);
  CHECK(graded.list().prompts[0].body ==
        R"({"custom_id":"line-1","messages":[{"role":"user","content":"q"}]})");
}

TEST_CASE("a line that cannot be asked is named") {
  CHECK(complaint(example("a", "b") + "{") ==
        "valid.jsonl:2: not JSON: expected a key in quotes at byte 2; `batchmill finetune check "
        "valid.jsonl` tells more");
  CHECK_THAT(complaint("{\"text\":1}"), ContainsSubstring("valid.jsonl:1: the line is no example "
                                                          "of fine-tuning;"));
  CHECK_THAT(complaint(example("a", "b") + R"({"prompt":"a","completion":"b"})"),
             ContainsSubstring("valid.jsonl:2: the line is no example like the first;"));
  CHECK_THAT(complaint("\n\n"), ContainsSubstring("the file holds no examples"));
}

TEST_CASE("answers are measured by the references") {
  answered files(example("a", "The first of two texts.") + example("b", "The second of them.") +
                 example("c", "And a third."));
  files.model("gpt-4o-mini", {" The first of two texts.\\n", "Something else.", "!"});
  files.model("unknown-model", {"The first of two texts.", "The second of them.", "And a third."});
  const comparison made = files.compared();
  CHECK(made.prompts == 3);
  CHECK(made.references == 3);
  CHECK(made.labels.empty());
  CHECK(made.judged == validity::any);
  CHECK(made.models[0].exact == 1);
  CHECK(made.models[0].failed == 1);
  CHECK(made.models[0].tokens.prompt == 2000);
  CHECK(made.models[1].exact == 3);
  CHECK(made.models[1].gained == 2);
  CHECK(made.models[1].lost == 0);
  CHECK(made.different == 2);
  REQUIRE(made.differences.size() == 2);
  CHECK(made.differences[0].line == 2);
  CHECK(made.differences[0].shown == "b");
  CHECK(made.differences[0].answers[0] == "Something else.");
  CHECK(made.differences[1].answers[0].empty());
}

TEST_CASE("the cost is by the catalogue, and unknown where that has none") {
  answered files(example("a", "b"));
  files.model("gpt-4o-mini", {"b"}).model("unknown-model", {"b"});
  const comparison made = files.compared();
  // 1,000 tokens at $0.15 a million, 500 at $0.60.
  REQUIRE(made.models[0].cost);
  CHECK(*made.models[0].cost == money::dollars(0.00045));
  CHECK_FALSE(made.models[1].cost);
}

TEST_CASE("few short references are labels") {
  answered files(labelled({"bug", "wish", "bug", "bug"}));
  files.model("a", {"bug", "bug", "Bug.", "I cannot say"}).model("b", {"bug", "wish", "wish", "!"});
  const comparison made = files.compared();
  CHECK(made.models[0].right_label == 2);
  CHECK(made.models[0].exact == 1);
  CHECK(made.models[0].no_label == 1);
  CHECK(made.models[1].right_label == 2);
  CHECK(made.models[1].gained == 1);
  CHECK(made.models[1].lost == 1);
  REQUIRE(made.labels.size() == 2);
  CHECK(made.labels[0].label == "bug");
  CHECK(made.labels[0].prompts == 3);
  CHECK(made.labels[0].right == std::vector<std::uint64_t>{2, 1});
  CHECK(made.labels[0].said == std::vector<std::uint64_t>{3, 1});
  CHECK(made.labels[1].right == std::vector<std::uint64_t>{0, 1});
  CHECK(made.labels[1].said == std::vector<std::uint64_t>{0, 2});
}

TEST_CASE("references that are long, or of which none is found again, are no labels") {
  CHECK(answered(labelled({"one", "two", "three"}))
            .model("a", {"", "", ""})
            .compared()
            .labels.empty());
  const std::string text(41, 'x');
  CHECK(answered(labelled({text, "y", text, "y"}))
            .model("a", {"", "", "", ""})
            .compared()
            .labels.empty());
}

TEST_CASE("JSON is compared by what it means, and has to be some") {
  answered files(example("a", R"({\"x\": 1, \"y\": [2]})") + example("b", R"({\"x\": 2})"));
  files.model("a", {R"({"content":"{\"y\":[2],\"x\":1}"})", "sorry"});
  files.model("b", {R"({"content":"{\"y\":[2,3],\"x\":1}"})", R"({"content":"{\"x\":2}"})"});
  const comparison made = files.compared();
  CHECK(made.judged == validity::json);
  CHECK(made.models[0].exact == 1);
  CHECK(made.models[0].valid == 1);
  CHECK(made.models[1].exact == 1);
  CHECK(made.models[1].valid == 2);
}

TEST_CASE("answers are held to a schema") {
  answered files(example("a", "b"));
  files.model("a", {R"({"content":"{\"x\":1}"})"}).model("b", {R"({"content":"{\"x\":\"1\"}"})"});
  comparison_options options;
  options.schema = R"({"type":"object","properties":{"x":{"type":"integer"}}})";
  const comparison made = files.compared(options);
  CHECK(made.judged == validity::schema);
  CHECK(made.models[0].valid == 1);
  CHECK(made.models[1].valid == 0);
  options.schema = "[]";
  options.schema_place = "--schema s.json";
  CHECK_THROWS_WITH(files.compared(options), ContainsSubstring("--schema s.json: "));
}

TEST_CASE("calls of tools are compared by name and arguments") {
  const std::string call =
      R"({"content":null,"tool_calls":[{"id":"1","type":"function","function":)"
      R"({"name":"find","arguments":"{\"q\": \"x\", \"n\": 3}"}}]})";
  answered files(
      R"({"messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"7",)"
      R"("type":"function","function":{"name":"find","arguments":"{\"n\":3,\"q\":\"x\"}"}}]}]})");
  files.model("a", {call}).model("b", {"I found it."});
  const comparison made = files.compared();
  CHECK(made.models[0].exact == 1);
  CHECK(made.models[1].exact == 0);
  CHECK(made.models[1].lost == 1);
  CHECK_THAT(made.differences.at(0).reference, ContainsSubstring(R"("name":"find")"));
}

TEST_CASE("differences that were judged come first, and no more than are wanted") {
  answered files(labelled({"bug", "wish", "bug", "wish"}));
  files.model("a", {"one", "two", "bug", "wish"}).model("b", {"three", "four", "wish", "wish"});
  comparison_options options;
  options.shown = 2;
  const comparison made = files.compared(options);
  CHECK(made.different == 3);
  REQUIRE(made.differences.size() == 2);
  CHECK(made.differences[0].line == 3);
  CHECK(made.differences[1].line == 1);
}

TEST_CASE("answers to other prompts are refused") {
  answered files(example("a", "b") + example("c", "d"));
  files.model("a", {"b"});
  CHECK_THROWS_WITH(files.compared(), ContainsSubstring("it has too few lines"));
  const temporary_folder folder;
  model_answers other;
  other.results = folder.write("r.jsonl", R"({"custom_id":"line-9"})");
  CHECK_THROWS_WITH(compare(files.list(), {other}),
                    ContainsSubstring("an answer to line-1 is expected"));
}
