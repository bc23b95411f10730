// Examples from rows, tables, runs and completions; shuffled, split, masked, shortened.
#include <filesystem>
#include <fstream>
#include <set>

#include "batchmill/error.hpp"
#include "batchmill/fine_tuning_data.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/fine_tuning/example_index.hpp"
#include "jobs/fine_tuning/reshape.hpp"
#include "jobs/fine_tuning/table_reader.hpp"
#include "runner/engine/row_source.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/fine_tuning/dataset.hpp"

namespace batchmill {
namespace {

using fine_tuning::example_index;
using fine_tuning::prepare_report;
using testing::temporary_folder;

using texts = std::vector<std::string>;

const std::string chat_template =
    R"({messages: [{role: system, content: Sort.}, {role: user, content: "{{ text }}"}, {role: assistant, content: "{{ label }}"}]})";

fine_tuning::prepare_edges edges() {
  fine_tuning::prepare_edges real;
  real.open = [](const job_spec& job) -> fine_tuning::prepare_edges::row_pull {
    const auto rows = std::make_shared<row_source>(job, 0);
    return [rows] { return rows->wait_next(); };
  };
  real.load_job = [](const std::string& path) { return load_job_spec(path); };
  return real;
}

/// A folder with a spec and its inputs.
struct workshop {
  prepare_report prepare(const std::string& spec) const {
    return fine_tuning::prepare(fine_tuning::load_prepare_spec(folder.write("prepare.yaml", spec)),
                                edges());
  }

  std::string complaint(const std::string& spec) const {
    try {
      prepare(spec);
    } catch (const usage_error& error) {
      const std::string text = error.what();
      const std::string here = folder.path("");
      return text.starts_with(here) ? text.substr(here.size()) : text;
    }
    return "";
  }

  texts lines(const std::string& name) const {
    std::ifstream file(folder.path(name));
    texts all;
    for (std::string line; std::getline(file, line);) all.push_back(line);
    return all;
  }

  std::string rows(int count) const {
    std::string all;
    for (int n = 0; n < count; ++n) {
      all += fmt::format("{{\"text\":\"mail \\u00e9 {0} of {0}\",\"label\":\"{1}\"}}\n", n,
                         n % 5 == 0 ? "bug" : "bill");
    }
    return all;
  }

  temporary_folder folder;
};

std::string from_rows(const std::string& more = "") {
  return "sources:\n  - rows: rows.jsonl\n    template: " + chat_template + "\n" + more;
}

int count_holding(const texts& lines, const std::string& part) {
  return static_cast<int>(std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.find(part) != std::string::npos;
  }));
}

}  // namespace

TEST_CASE("prepare: rows become examples, their escapes kept, shuffled by the seed") {
  const workshop shop;
  shop.folder.write("rows.jsonl", shop.rows(100));
  const auto report = shop.prepare(from_rows("seed: 7\n"));
  CHECK(report.rows == 100);
  CHECK(report.training == 100);
  CHECK(report.validation == 0);
  CHECK(report.check.good());
  const std::string first = shop.folder.read("prepared/train.jsonl");
  const auto lines = shop.lines("prepared/train.jsonl");
  CHECK(std::set<std::string>(lines.begin(), lines.end()).size() == 100);
  CHECK(count_holding(lines,
                      R"("content":"mail \u00e9 0 of 0"},{"role":"assistant","content":"bug"}])") ==
        1);
  CHECK_FALSE(std::filesystem::exists(shop.folder.path("prepared/valid.jsonl")));
  CHECK_FALSE(json::validate(shop.folder.read("prepared/report.json")));

  shop.prepare(from_rows("seed: 7\n"));
  CHECK(shop.folder.read("prepared/train.jsonl") == first);
  shop.prepare(from_rows("seed: 8\n"));
  CHECK(shop.folder.read("prepared/train.jsonl") != first);
  CHECK(std::distance(std::filesystem::directory_iterator(shop.folder.path("prepared")), {}) == 2);
}

TEST_CASE("prepare: a stratified split gives each class its part and parts no question") {
  const workshop shop;
  // Every question is asked three times, with three answers.
  std::string rows;
  for (int n = 0; n < 300; ++n) {
    rows += fmt::format("{{\"text\":\"Mail {}!\",\"label\":\"{} {}\",\"kind\":\"{}\"}}\n", n / 3,
                        n % 3, n, n / 3 % 5 == 0 ? "rare" : "usual");
  }
  shop.folder.write("rows.jsonl", rows);
  const auto report = shop.prepare(from_rows("split: {validation: 20%, by: kind}\n"));
  CHECK(report.training + report.validation == 300);
  CHECK(report.validation == 60);
  const auto question = [](const std::string& line) {
    const std::size_t at = line.find("Mail ");
    return line.substr(at, line.find('!', at) - at);
  };
  std::set<std::string> trained;
  for (const auto& line : shop.lines("prepared/train.jsonl")) trained.insert(question(line));
  int rare = 0;
  for (const auto& line : shop.lines("prepared/valid.jsonl")) {
    CHECK_FALSE(trained.contains(question(line)));
    rare += std::stoi(question(line).substr(5)) % 5 == 0;
  }
  CHECK(rare == 12);
  REQUIRE(report.check.validation);
  CHECK(report.check.validation->warnings == 0);
}

TEST_CASE("prepare: the split by itself") {
  example_index index;
  for (std::uint64_t i = 0; i < 103; ++i) index.add(i, 1, 0, i % 10 == 0 ? "a" : "b");
  index.add(103, 1, 0, "alone");
  index.shuffle(3);
  index.split(10);
  std::uint64_t chosen = 0;
  std::uint64_t of_a = 0;
  for (const auto& e : index.entries()) {
    if (!index.is_validation(e)) continue;
    ++chosen;
    of_a += e.offset % 10 == 0;
    CHECK(e.offset != 103);  // all there is of its kind
  }
  CHECK(chosen == 10);
  CHECK(of_a == 1);

  example_index few;
  for (std::uint64_t i = 0; i < 3; ++i) few.add(i, 1, 77, "");  // one question
  few.shuffle(1);
  few.split(2);
  for (const auto& e : few.entries()) CHECK_FALSE(few.is_validation(e));
}

TEST_CASE("prepare: duplicates go, or stay on one side") {
  const workshop shop;
  std::string rows = shop.rows(40) + shop.rows(40);
  rows += "{\"text\":\"Mail \\u00e9 1, of 1.\",\"label\":\"bill\"}\n";
  shop.folder.write("rows.jsonl", rows);
  auto report = shop.prepare(from_rows());
  CHECK(report.duplicates == 41);
  CHECK(report.training == 40);
  report = shop.prepare(from_rows("duplicates: keep\nsplit: {validation: 10}\n"));
  CHECK(report.duplicates == 0);
  CHECK(report.training + report.validation == 81);
  REQUIRE(report.check.validation);
  for (const auto& group : report.check.validation->findings) CHECK(group.code != "leaked_row");
}

TEST_CASE("prepare: tables") {
  const workshop shop;
  shop.folder.write("rows.csv",
                    "\xEF\xBB\xBFtext,label\r\n"
                    "\"one, two\",a\r\n"
                    "\"he said \"\"no\"\"\nand left\",b\r\n"
                    "\r\n"
                    "plain,\"\"\n");
  const auto report =
      shop.prepare("sources: [{table: rows.csv, template: " + chat_template + "}]\n");
  CHECK(report.rows == 3);
  const auto lines = shop.lines("prepared/train.jsonl");
  CHECK(count_holding(lines, R"("content":"one, two"},{"role":"assistant","content":"a")") == 1);
  CHECK(count_holding(lines, R"("content":"he said \"no\"\nand left"})") == 1);
  shop.folder.write("rows.tsv", "text\tlabel\nx, y\tz\n");
  shop.prepare("sources: [{table: rows.tsv, template: " + chat_template + "}]\n");
  CHECK(count_holding(shop.lines("prepared/train.jsonl"), R"("content":"x, y"})") == 1);

  const auto complaint_about = [&](const std::string& table) {
    shop.folder.write("rows.csv", table);
    return shop.complaint("sources: [{table: rows.csv, template: " + chat_template + "}]\n");
  };
  CHECK(complaint_about("") ==
        "rows.csv:1: the file is empty; its first line must name the columns");
  CHECK(complaint_about("a,a\n") == "rows.csv:1: two columns have the name \"a\"");
  CHECK(complaint_about("a,b\n1\n") == "rows.csv:2: the row has 1 fields, but there are 2 columns");
  CHECK(complaint_about("a\n\"b\nc\n") == "rows.csv:2: a quote is never closed");
  CHECK(complaint_about("a\n\"b\"c\n").starts_with("rows.csv:2: text stands behind"));
}

TEST_CASE("prepare: prompts and completions, and examples that are ready") {
  const workshop shop;
  shop.folder.write("old.jsonl", R"({"prompt":"2+2=","completion":" 4"})"
                                 "\n");
  const std::string ready =
      R"({"messages": [{"role": "user", "content": "1e400?"}, {"role": "assistant", "content": "So."}]})";
  shop.folder.write("more.jsonl", ready + "\n");
  const auto report = shop.prepare(
      "sources:\n  - completions: old.jsonl\n    system: Count.\n  - examples: more.jsonl\n");
  CHECK(report.training == 2);
  const auto lines = shop.lines("prepared/train.jsonl");
  CHECK(count_holding(lines, ready) == 1);
  CHECK(
      count_holding(
          lines,
          R"({"messages":[{"role":"system","content":"Count."},{"role":"user","content":"2+2="},{"role":"assistant","content":"4"}]})") ==
      1);
}

TEST_CASE("prepare: preferences are written as the service calls them today") {
  const workshop shop;
  std::string old = testing::good_line(fine_tuning::method::preference, 1);
  const std::string now = old;
  for (std::size_t at = 0; (at = old.find("preferred_output", at)) != std::string::npos;) {
    old.replace(at, 16, "preferred_completion");
  }
  REQUIRE(old != now);
  shop.folder.write("old.jsonl", old + "\n");
  CHECK(shop.prepare("format: dpo\nsources: [{examples: old.jsonl}]\n").training == 1);
  CHECK(shop.lines("prepared/train.jsonl") == texts{now});
}

TEST_CASE("prepare: the answers of a finished run") {
  const workshop shop;
  shop.folder.write("rows.jsonl",
                    "{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"b\",\"text\":\"y\"}\n"
                    "{\"id\":\"c\",\"text\":\"z\"}\n");
  shop.folder.write(
      "job.yaml",
      "input: {path: rows.jsonl, id: id}\nmodel: gpt-4o\ntemplate: {messages: [{role: "
      "system, content: Long instructions.}, {role: user, content: \"{{ text }}\"}]}\n"
      "output: {path: results.jsonl}\n");
  const auto line = [](const std::string& id, const std::string& message) {
    return R"({"id":"r","custom_id":")" + id +
           R"(","response":{"status_code":200,"request_id":"q","body":{"choices":[{"message":{"role":"assistant",)" +
           message + "}}]}},\"error\":null}\n";
  };
  const std::string failed =
      R"({"id":"r","custom_id":"b","response":null,"error":{"code":"x","message":"y"}})"
      "\n";
  shop.folder.write("results.jsonl",
                    line("a", R"("content":"A \u00e9")") + failed + line("c", R"("content":"C")"));
  auto report = shop.prepare("sources: [{run: job.yaml}]\n");
  CHECK(report.rows == 3);
  CHECK(report.unanswered == 1);
  CHECK(report.training == 2);
  CHECK(
      count_holding(
          shop.lines("prepared/train.jsonl"),
          R"({"messages":[{"role":"system","content":"Long instructions."},{"role":"user","content":"x"},{"role":"assistant","content":"A \u00e9"}]})") ==
      1);

  report = shop.prepare(
      "sources: [{run: job.yaml, template: {messages: [{role: user, content: \"{{ text }}?\"}, "
      "{role: assistant, content: \"{{ answer }}\"}]}}]\n");
  CHECK(
      count_holding(
          shop.lines("prepared/train.jsonl"),
          R"({"messages":[{"role":"user","content":"z?"},{"role":"assistant","content":"C"}]})") ==
      1);

  shop.folder.write("results.jsonl", line("a", R"("content":"A")"));
  CHECK(shop.complaint("sources: [{run: job.yaml}]\n").find("fewer lines than the job has rows") !=
        std::string::npos);
  shop.folder.write("other.jsonl", line("z", R"("content":"A")"));
  CHECK(shop.complaint("sources: [{run: job.yaml, answers: other.jsonl}]\n")
            .find("is not the answer to") != std::string::npos);
  CHECK(shop.complaint("sources: [{run: job.yaml, answers: none.jsonl}]\n")
            .find("run the job first: `batchmill run ") != std::string::npos);
}

TEST_CASE("prepare: rows that become no example are told, the others are written") {
  const workshop shop;
  shop.folder.write("rows.jsonl", shop.rows(12) + "nonsense\n{\"txt\":\"a\",\"label\":\"b\"}\n");
  const auto report = shop.prepare(from_rows());
  CHECK(report.training == 12);
  CHECK(report.faulty == 2);
  REQUIRE(report.faults.size() == 2);
  CHECK(report.faults[0].find("rows.jsonl:13: not JSON") != std::string::npos);
  CHECK(report.faults[1].find("rows.jsonl:14: no field 'text'") != std::string::npos);
}

TEST_CASE("prepare: what is too long is dropped, or its question cut") {
  const workshop shop;
  std::string words;
  for (int i = 0; i < 500; ++i) words += "caf\\u00e9\\n";
  shop.folder.write("rows.jsonl",
                    shop.rows(3) + "{\"text\":\"" + words + "\",\"label\":\"long\"}\n");
  auto report = shop.prepare(from_rows("too_long: {tokens: 100, then: drop}\n"));
  CHECK(report.too_long == 1);
  CHECK(report.training == 3);
  report = shop.prepare(from_rows("too_long: {tokens: 100, then: trim}\n"));
  CHECK(report.trimmed == 1);
  CHECK(report.training == 4);
  CHECK(report.check.training.tokens.most <= 100);
  CHECK(report.check.training.tokens.most > 90);
  CHECK(count_holding(shop.lines("prepared/train.jsonl"), R"(caf\u00e9\ncaf\u00e9)") == 1);
  CHECK(shop.complaint(from_rows("too_long: drop\n")).find("Name a `model`") != std::string::npos);
  CHECK(shop.complaint(from_rows("too_long: drop\nmodel: gpt-4.1\n")).find("is not known") !=
        std::string::npos);
}

TEST_CASE("prepare: masked answers get the weight 0") {
  fine_tuning::mask_rules rules;
  rules.earlier_answers = true;
  const std::string example =
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},)"
      R"({"role":"assistant","content":"c","weight":1},{"role":"assistant","content":"d"}]})";
  CHECK(
      fine_tuning::masked(example, rules) ==
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0},)"
      R"({"role":"assistant","content":"c","weight":1},{"role":"assistant","content":"d"}]})");
  rules = {};
  rules.containing = {"d"};
  CHECK(fine_tuning::masked(example, rules).find(R"("content":"d","weight":0})") !=
        std::string::npos);
  rules = {};
  rules.refusals = true;
  CHECK(fine_tuning::masked(example, rules) == example);
}

TEST_CASE("prepare: mistakes in a spec have their place and their remedy") {
  const workshop shop;
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"", "prepare.yaml:1:1: the file is empty"},
      {"sources: []", "prepare.yaml:1:10: `sources` must be a list"},
      {"source: []", "prepare.yaml:1:1: unknown key `source`; did you mean `sources`?"},
      {"seed: 1", "prepare.yaml:1:1: there are no `sources`"},
      {"sources: [{row: a}]", "prepare.yaml:1:12: unknown key `row`; did you mean `rows`?"},
      {"sources: [{rows: a, table: b, template: {}}]",
       "prepare.yaml:1:11: a source has one of `rows`"},
      {"sources: [{rows: a}]", "prepare.yaml:1:11: the source needs a `template`"},
      {"sources: [{examples: a, template: {}}]", "prepare.yaml:1:35: `template` is for rows"},
      {"sources: [{examples: a}]\nformat: dop",
       "prepare.yaml:2:9: `format` cannot be dop; did you mean `dpo`?"},
      {"sources: [{examples: a}]\nseed: -1", "prepare.yaml:2:7: `seed` must be a whole number"},
      {"sources: [{examples: a}]\nsplit: {validation: 95%}",
       "prepare.yaml:2:21: `validation` must be a share"},
      {"sources: [{examples: a}]\nsplit: {train: 1}", "prepare.yaml:2:9: unknown key `train`"},
      {"sources: [{examples: a}]\nmask: [refusal]",
       "prepare.yaml:2:8: `mask` cannot be refusal; did you mean `refusals`?"},
      {"sources: [{examples: a}]\nformat: dpo\nmask: [refusals]",
       "prepare.yaml:3:7: `mask` sets weights"},
      {"sources: [{completions: a}]\nformat: dpo",
       "prepare.yaml:1:25: this source makes conversations"},
      {"sources: [{rows: none.jsonl, template: {messages: []}}]", "prepare.yaml:1:18: "},
  };
  for (const auto& [spec, expected] : mistakes) {
    INFO(spec);
    const std::string told = shop.complaint(spec);
    INFO(told);
    CHECK(told.starts_with(expected));
  }
}

}  // namespace batchmill
