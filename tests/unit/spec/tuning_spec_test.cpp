#include "runner/spec/tuning_spec.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/spec/spec_file.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

class tuning_file : public spec_file {
 public:
  explicit tuning_file(std::string_view yaml) : spec_file(yaml, "tune.yaml") {
    for (const char* name : {"/train.jsonl", "/valid.jsonl"})
      std::ofstream(folder() + name) << "{}";
  }

  tuning_spec load() const { return load_tuning_spec(path()); }

  std::string complaint() const {
    try {
      load();
    } catch (const usage_error& error) {
      return local(error.what());
    }
    return "";
  }
};

constexpr std::string_view least = "training_file: train.jsonl\nmodel: gpt-4.1-mini\n";

std::string complaint_of(const std::string& more) {
  return tuning_file(std::string(least) + more).complaint();
}

}  // namespace

TEST_CASE("a fine-tuning spec says all that a job may have") {
  const tuning_file file(R"(
training_file: train.jsonl
validation_file: valid.jsonl
model: o4-mini
method: reinforcement
hyperparameters: {n_epochs: 3, learning_rate_multiplier: 1.50, batch_size: auto}
grader: {type: python, source: "def grade(s, i): return 1.0"}
suffix: triage
seed: 42
integrations: [{type: wandb, wandb: {project: p}}]
metadata: {team: search}
api: {base_url: "http://localhost:1/v1", key_env: MY_KEY}
)");
  const tuning_spec spec = file.load();
  CHECK(spec.training_file == file.folder() + "/train.jsonl");
  CHECK(spec.validation_file == file.folder() + "/valid.jsonl");
  CHECK(spec.model == "o4-mini");
  CHECK(spec.method == "reinforcement");
  CHECK(spec.epochs == 3U);
  CHECK(spec.hyperparameters ==
        R"({"n_epochs":3,"learning_rate_multiplier":1.50,"batch_size":"auto"})");
  CHECK(spec.grader == R"({"type":"python","source":"def grade(s, i): return 1.0"})");
  CHECK(spec.suffix == "triage");
  CHECK(spec.seed == 42);
  CHECK(spec.integrations == R"([{"type":"wandb","wandb":{"project":"p"}}])");
  CHECK(spec.metadata == std::vector<std::pair<std::string, std::string>>{{"team", "search"}});
  CHECK(spec.way.api.base_url == "http://localhost:1/v1");
  CHECK(spec.way.api.key_env == "MY_KEY");
}

TEST_CASE("what a fine-tuning spec leaves out is as the server likes") {
  const tuning_spec spec = tuning_file(least).load();
  CHECK(spec.method == "supervised");
  CHECK(spec.hyperparameters.empty());
  CHECK_FALSE(spec.epochs);
  CHECK_FALSE(spec.seed);
  CHECK(tuning_file(std::string(least) + "api: {flavor: azure}\n").load().way.api.key_env ==
        "AZURE_OPENAI_API_KEY");
}

TEST_CASE("another kind of spec is told from that of a fine-tuning job") {
  CHECK(tuning_file("format: supervised\nsources: [{table: a.csv}]\n").complaint() ==
        "tune.yaml:1:1: this is a spec of `batchmill finetune prepare`; that of a fine-tuning job "
        "begins with `training_file: train.jsonl`");
  CHECK_THAT(tuning_file("input: {path: a}\n").complaint(),
             ContainsSubstring("this is a spec of `batchmill run`; "));
}

TEST_CASE("who only asks for a job needs none of its files") {
  const tuning_file file("training_file: gone.jsonl\nvalidation_file: gone.jsonl\nmodel: m\n");
  CHECK(load_tuning_spec(file.path(), named_files::may_be_gone).training_file ==
        file.folder() + "/gone.jsonl");
  CHECK_THAT(file.complaint(), ContainsSubstring("there is no file"));
}

TEST_CASE("mistakes in a fine-tuning spec are told with their place") {
  CHECK(complaint_of("modell: a\n") ==
        "tune.yaml:3:1: unknown key `modell`; did you mean `model`?");
  CHECK(complaint_of("method: sft\n") ==
        "tune.yaml:3:9: `method` must be supervised, dpo or reinforcement, not sft");
  CHECK(complaint_of("seed: -1\n") ==
        "tune.yaml:3:7: `seed` must be a whole number from 0 to 2147483647, not -1");
  CHECK(complaint_of("hyperparameters: {n_epochs: 51}\n").starts_with("tune.yaml:3:29: "));
  CHECK(complaint_of("validation_file: none.jsonl\n")
            .starts_with("tune.yaml:3:18: there is no file"));
  CHECK(complaint_of("suffix: " + std::string(65, 'a') + "\n") ==
        "tune.yaml:3:9: `suffix` has 65 characters; 64 are allowed");
  CHECK(complaint_of("grader: {type: python}\n").starts_with("tune.yaml:3:9: only `method:"));
  CHECK(complaint_of("method: reinforcement\n").starts_with("tune.yaml:3:9: reinforcement needs"));
  CHECK(complaint_of("metadata: {a: [1]}\n").starts_with("tune.yaml:3:15: values of `metadata`"));
  CHECK(complaint_of("api: {bas_url: x}\n").find("did you mean") != std::string::npos);
  CHECK(
      complaint_of("integrations: wandb\n").starts_with("tune.yaml:3:15: `integrations` must be"));
  CHECK(tuning_file("model: a\n").complaint() ==
        "tune.yaml:1:1: `training_file` is missing; add it, for example `training_file: "
        "train.jsonl`");
  CHECK(tuning_file("- a\n").complaint().starts_with("tune.yaml:1:1: a fine-tuning job is"));
}
