// The check as a whole: formats, counts, tokens, duplicates over blocks, money.
#include "tests/support/catch.hpp"
#include "tests/unit/fine_tuning/dataset.hpp"

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "batchmill/tokens.hpp"
#include "jobs/fine_tuning/distribution.hpp"
#include "jobs/fine_tuning/estimate.hpp"

namespace batchmill {
namespace {

using fine_tuning::check_options;
using fine_tuning::method;
using testing::check_text;
using testing::found_in;
using testing::good_lines;
using testing::joined;
using testing::temporary_folder;

using found = std::vector<std::string>;

check_options for_model(const std::string& name) {
  check_options options;
  options.model = name;
  return options;
}

std::string labelled(int n, const std::string& label) {
  return fmt::format(
      R"({{"messages":[{{"role":"system","content":"Sort."}},{{"role":"user","content":"Mail {}"}},{{"role":"assistant","content":"{}"}}]}})",
      n, label);
}

}  // namespace

TEST_CASE("fine-tuning data: a file of nothing, and of something else") {
  CHECK(found_in(check_text("").training) == found{"no_examples"});
  CHECK(found_in(check_text("\n\n").training) ==
        found{"no_examples", "blank_line at 1", "blank_line at 2"});
  CHECK(found_in(check_text(R"({"text":"good film","label":"Positive"})"
                            "\n")
                     .training) == found{"unknown_format at 1"});
  CHECK_THROWS_AS(fine_tuning::check_dataset("/nonexistent/a.jsonl", {}), usage_error);
  CHECK_THROWS_AS(fine_tuning::check_dataset("/", {}), usage_error);
}

TEST_CASE("fine-tuning data: few examples, and too few") {
  CHECK(found_in(check_text(joined(good_lines(method::supervised, 9))).training) ==
        found{"too_few_examples"});
  CHECK(found_in(check_text(joined(good_lines(method::supervised, 10))).training) ==
        found{"few_examples"});
  CHECK(found_in(check_text(joined(good_lines(method::supervised, 50))).training) == found());
  CHECK(found_in(check_text(joined(good_lines(method::completion, 99))).training) ==
        found{"few_examples"});
}

TEST_CASE("fine-tuning data: many findings of a kind are counted, the first are named") {
  auto lines = good_lines(method::supervised);
  for (std::size_t i = 20; i < 40; ++i) lines[i] = "{}";
  const auto report = check_text(joined(lines)).training;
  REQUIRE(report.findings.size() == 1);
  CHECK(report.errors == 20);
  CHECK(found_in(report) == found{"missing_messages_list at 21:1", "missing_messages_list at 22:1",
                                  "missing_messages_list at 23:1", "missing_messages_list at 24:1",
                                  "missing_messages_list at 25:1",
                                  "missing_messages_list and 15 more"});
}

TEST_CASE("fine-tuning data: the model decides what is offered and how long an example may be") {
  const std::string text = joined(good_lines(method::supervised));
  CHECK(found_in(check_text(text, for_model("gpt-4.1-mini")).training) == found());
  CHECK(found_in(check_text(text, for_model("ft:gpt-4.1-mini-2025-04-14:acme::1")).training) ==
        found());
  CHECK(found_in(check_text(text, for_model("gpt-5.4")).training) == found{"model_not_tunable"});
  CHECK(found_in(check_text(text, for_model("o4-mini")).training) == found{"method_not_offered"});
  CHECK(check_text(text, for_model("my-own")).notices.size() == 1);

  auto lines = good_lines(method::supervised);
  std::string words;
  for (int i = 0; i < 70'000; ++i) words += " and";
  lines[4].insert(lines[4].find("Be brief.") + 8, words);
  const auto report = check_text(joined(lines), for_model("gpt-4o"));
  CHECK(found_in(report.training) == found{"over_token_limit at 5"});
  CHECK(report.training.over_limit == 1);
  CHECK(report.training.tokens_per_epoch < 65'536 + 60 * 60);
}

TEST_CASE("fine-tuning data: tokens are those of the API's prompt") {
  const auto lines = good_lines(method::supervised);
  std::int64_t sum = 0;
  for (const auto& line : lines) {
    sum += *count_prompt_tokens("/v1/chat/completions", line, "gpt-4o");
  }
  const auto report = check_text(joined(lines), for_model("gpt-4o")).training;
  CHECK(report.tokens.sum == sum);
  CHECK(report.tokens_per_epoch == sum);
  CHECK(report.messages.p50 == 3);
  CHECK(report.assistant_tokens.sum < sum);
}

TEST_CASE("fine-tuning data: several blocks and threads find the same as one") {
  std::vector<std::string> lines = good_lines(method::supervised, 6000);
  lines[5999] = lines[3];
  lines[5000] = "nonsense";
  const std::string text = joined(lines);
  REQUIRE(text.size() > (1 << 20));
  std::string first;
  for (const unsigned threads : {1U, 3U}) {
    check_options options;
    options.threads = threads;
    options.model = "gpt-4o";
    const auto report = check_text(text, options);
    CHECK(found_in(report.training) == found{"invalid_json at 5001:2", "exact_duplicate at 6000"});
    std::string json = fine_tuning::to_json(report);
    json.erase(0, json.find("\"bytes\""));  // the folder's name
    if (first.empty()) first = json;
    CHECK(json == first);
  }
}

TEST_CASE("fine-tuning data: a validation row that is trained on") {
  const temporary_folder folder;
  const auto lines = good_lines(method::supervised);
  check_options options;
  const std::string training = folder.write("train.jsonl", joined(lines));
  options.validation = folder.write(
      "valid.jsonl", testing::good_line(method::supervised, 900) + "\n" + lines[6] + "\n");
  const auto report = fine_tuning::check_dataset(training, options);
  CHECK(found_in(report.training) == found());
  REQUIRE(report.validation);
  CHECK(found_in(*report.validation) == found{"leaked_row at 2"});
  CHECK(report.validation->findings[0].first[0].sentence == training + ":7 is the same");
  CHECK(report.good());
  CHECK(report.warnings() == 1);
}

TEST_CASE("fine-tuning data: short answers are classes, and these may be out of balance") {
  std::vector<std::string> lines;
  for (int i = 0; i < 60; ++i) lines.push_back(labelled(i, i % 2 == 0 ? "billing" : "bug"));
  auto report = check_text(joined(lines)).training;
  CHECK(found_in(report) == found());
  REQUIRE(report.labels.size() == 2);
  CHECK(report.labels[0].count == 30);
  for (int i = 0; i < 54; ++i) lines[static_cast<std::size_t>(i)] = labelled(i, "billing");
  for (int i = 54; i < 60; ++i) lines[static_cast<std::size_t>(i)] = labelled(i, "bug");
  CHECK(found_in(check_text(joined(lines)).training) == found());  // 54 to 6
  lines[54] = labelled(54, "billing");
  CHECK(found_in(check_text(joined(lines)).training) == found{"unbalanced_labels"});  // 55 to 5
  for (int i = 0; i < 60; ++i) lines[static_cast<std::size_t>(i)] = labelled(i, "bug");
  CHECK(found_in(check_text(joined(lines)).training) == found{"unbalanced_labels"});
}

TEST_CASE("fine-tuning data: what all prompts and completions have in common") {
  const auto lines_of = [](const std::string& form) {
    std::vector<std::string> lines;
    for (int n = 0; n < 120; ++n) lines.push_back(fmt::format(fmt::runtime(form), n));
    return joined(lines);
  };
  const auto found_with = [&](const std::string& form) {
    return found_in(check_text(lines_of(form)).training);
  };
  const std::string long_enough = "and that is all that there is to be said about it";
  CHECK(found_with(R"({{"prompt":"{0} what is it","completion":" {0} )" + long_enough +
                   R"( END"}})") == found());
  CHECK(found_with(R"({{"prompt":"what is {0}","completion":" {0} )" + long_enough +
                   R"( END"}})") == found{"no_separator"});
  CHECK(found_with(R"({{"prompt":"{0} ->","completion":" )" + long_enough + R"( {0}"}})") ==
        found{"no_stop_sequence", "common_completion_prefix"});
  CHECK(found_with(R"({{"prompt":"Please do tell me {0} ->","completion":" {0} )" + long_enough +
                   R"( END"}})") == found{"common_prompt_prefix"});
  CHECK(found_with(R"({{"prompt":"{0} WHAT IS IT","completion":" {0} )" + long_enough +
                   R"( END"}})") == found{"mostly_upper_case"});
  CHECK(found_with(R"({{"prompt":"","completion":" {0} )" + long_enough + R"("}})") == found());
}

TEST_CASE("fine-tuning data: preference files in the older spelling are read") {
  auto lines = good_lines(method::preference);
  for (std::string& line : lines) {
    for (std::size_t at = 0; (at = line.find("preferred_output", at)) != std::string::npos;) {
      line.replace(at, 16, "preferred_completion");
    }
  }
  const auto report = check_text(joined(lines)).training;
  CHECK(report.how == method::preference);
  CHECK(found_in(report) == found());
}

TEST_CASE("fine-tuning data: tools, their calls and their results are good") {
  auto lines = good_lines(method::supervised);
  lines[7] =
      R"({"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Weather?"},)"
      R"({"role":"assistant","content":null,"weight":0,"tool_calls":[{"id":"a","type":"function","function":{"name":"weather","arguments":"{\"place\":\"Bern\"}"}},)"
      R"({"id":"b","type":"function","function":{"name":"weather","arguments":"{}"}}]},)"
      R"({"role":"tool","tool_call_id":"b","content":"rain"},{"role":"tool","tool_call_id":"a","content":""},)"
      R"({"role":"assistant","content":"Rain.","weight":1}],)"
      R"("tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}],"parallel_tool_calls":true})";
  CHECK(found_in(check_text(joined(lines)).training) == found());
}

TEST_CASE("fine-tuning: epochs by the cookbook's rule") {
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> known = {
      {10, 10}, {33, 3}, {34, 3}, {5, 20}, {4, 25}, {1, 25}, {10'000, 2}, {30'000, 1}};
  for (const auto& [examples, epochs] : known) {
    CHECK(fine_tuning::usual_epochs(examples) == epochs);
  }
  CHECK(fine_tuning::usual_epochs(0) == 0);
}

TEST_CASE("fine-tuning: the price is tokens, times epochs, times that of the catalogue") {
  const std::string text = joined(good_lines(method::supervised));
  auto options = for_model("gpt-4.1-mini");
  const auto usual = check_text(text, options).estimate;
  CHECK(usual.epochs == 3);
  REQUIRE(usual.price);
  CHECK(usual.price->in_dollars() == Approx(static_cast<double>(usual.billable_tokens) * 5 / 1e6));
  options.epochs = 6;
  const auto chosen = check_text(text, options).estimate;
  CHECK(chosen.epochs_chosen);
  CHECK(chosen.billable_tokens == usual.billable_tokens * 2);
  CHECK_FALSE(check_text(text).estimate.price);
  CHECK_FALSE(check_text(text, for_model("my-own")).estimate.unknown.empty());
  const auto hourly =
      check_text(joined(good_lines(method::reinforcement)), for_model("o4-mini")).estimate;
  CHECK_FALSE(hourly.price);
  CHECK(hourly.dollars_per_hour == 100);
}

TEST_CASE("fine-tuning: percentiles are exact below 4,096 and near above") {
  fine_tuning::spread spread;
  for (int i = 100; i >= 1; --i) spread.add(i);
  auto facts = spread.facts();
  CHECK(facts.p5 == 5);
  CHECK(facts.p50 == 50);
  CHECK(facts.p99 == 99);
  CHECK(facts.least == 1);
  CHECK(facts.most == 100);
  CHECK(facts.mean() == Approx(50.5));
  std::uint64_t counted = 0;
  for (const auto& bar : facts.bars) counted += bar.count;
  CHECK(counted == 100);
  fine_tuning::spread large;
  large.add(1'000'000);
  for (int i = 0; i < 9; ++i) large.add(70'000);
  spread.add(large);
  CHECK(large.facts().p50 == Approx(70'000).epsilon(0.016));
  CHECK(spread.facts().most == 1'000'000);
  CHECK(fine_tuning::spread().facts().bars.empty());
}

TEST_CASE("fine-tuning: what the service still takes") {
  CHECK(fine_tuning::closing_notices("2026-01-01").empty());
  CHECK(fine_tuning::closing_notices("2026-11-21").size() == 1);
  CHECK(fine_tuning::closing_notices("2027-01-06")[0].find("takes no") != std::string::npos);
}

TEST_CASE("fine-tuning data: the report as text and as JSON") {
  auto lines = good_lines(method::supervised);
  lines[2] = R"({"messages":[{"role":"usr","content":"a\u001b[31m"}]})";
  const auto report = check_text(joined(lines), for_model("gpt-4.1-mini"));
  const std::string text = fine_tuning::to_text(report, false);
  CHECK(
      text.find(R"(train.jsonl:3:22: error: message 1 has the role "usr"; did you mean "user"?)") !=
      std::string::npos);
  CHECK(text.find("  to mend: roles are") != std::string::npos);
  CHECK(text.find("tokens per example") != std::string::npos);
  CHECK(text.find("Training gpt-4.1-mini: 3 epochs") != std::string::npos);
  CHECK_FALSE(json::validate(fine_tuning::to_json(report)));
}

}  // namespace batchmill
