#include "runner/progress/comparison_text.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace batchmill::fine_tuning;

namespace {

comparison two_models() {
  comparison made;
  made.file = "valid.jsonl";
  made.prompts = made.references = 8;
  made.models.resize(2);
  model_score& base = made.models[0];
  base.model = "gpt-4o-mini";
  base.exact = base.right_label = 4;
  base.no_label = 1;
  base.failed = 1;
  base.tokens.prompt = 1234;
  base.tokens.completion = 56;
  base.cost = money::dollars(0.0035);
  base.latency_p50 = std::chrono::milliseconds(250);
  base.latency_p95 = std::chrono::milliseconds(1500);
  model_score& tuned = made.models[1];
  tuned.model = "ft:\x1b[1m";
  tuned.exact = tuned.right_label = 7;
  tuned.gained = 4;
  tuned.lost = 1;
  label_score& label = made.labels.emplace_back();
  label.label = "bug";
  label.prompts = 8;
  label.right = {4, 7};
  label.said = {5, 8};
  made.different = 5;
  answer_difference& difference = made.differences.emplace_back();
  difference.line = 3;
  difference.shown = "It\ncrashes";
  difference.reference = "bug";
  difference.answers = {"", "bug"};
  difference.right = {false, true};
  return made;
}

}  // namespace

TEST_CASE("models are compared side by side") {
  CHECK(comparison_text(two_models()) ==
        "8 prompts of valid.jsonl\n"
        "\n"
        "A  gpt-4o-mini\n"
        "B  ft:\\x1b[1m\n"
        "\n"
        "                               A          B\n"
        "right label            4 (50.0%)  7 (87.5%)\n"
        "no label at all        1 (12.5%)   0 (0.0%)\n"
        "exact match            4 (50.0%)  7 (87.5%)\n"
        "gained, lost                   -     +4, -1\n"
        "failed                         1          0\n"
        "tokens in                  1,234          0\n"
        "tokens out                    56          0\n"
        "cost                     $0.0035    unknown\n"
        "cost of 1,000 answers      $0.50    unknown\n"
        "latency, median            250ms          -\n"
        "latency, 95%                1.5s          -\n"
        "\n"
        "label  prompts  A right  A said  B right  B said\n"
        "bug          8        4       5        7       8\n"
        "\n"
        "5 of 8 prompts were answered differently, such as:\n"
        "  line 3     It\\ncrashes\n"
        "  reference  bug\n"
        "  A          (none)\n"
        "  B          bug\n");
}

TEST_CASE("what cannot be measured is left out of a comparison") {
  comparison made = two_models();
  made.references = 0;
  made.labels.clear();
  made.different = 0;
  made.differences.clear();
  made.judged = validity::schema;
  made.models[1].valid = 8;
  const std::string text = comparison_text(made);
  CHECK_THAT(text, !ContainsSubstring("exact match") && !ContainsSubstring("label"));
  CHECK_THAT(text, ContainsSubstring("fits the schema        0 (0.0%)  8 (100.0%)\n"));
  CHECK_THAT(text, ContainsSubstring("\nAll prompts were answered alike.\n"));
}

TEST_CASE("a comparison is JSON for programs") {
  const std::string text = comparison_json(two_models());
  CHECK_THAT(text, ContainsSubstring(R"("exact_match":{"count":7,"of":8,"share":0.875})"));
  CHECK_THAT(text,
             ContainsSubstring(R"("cost_usd":0.0035)") && ContainsSubstring(R"("cost_usd":null)"));
  CHECK_THAT(text, ContainsSubstring(R"({"model":"gpt-4o-mini","answer":null,"right":false})"));
  CHECK(text.find('\n') == text.size() - 1);
}
