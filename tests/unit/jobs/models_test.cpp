#include "batchmill/models.hpp"

#include <fstream>

#include "batchmill/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/spec/spec_file.hpp"

namespace batchmill {
namespace {

using testing::spec_file;

token_usage used(std::int64_t prompt, std::int64_t completion, std::int64_t cached = 0) {
  token_usage usage;
  usage.prompt = prompt;
  usage.completion = completion;
  usage.cached = cached;
  return usage;
}

/// A catalogue with a user's file, or the complaint about it.
struct with_file {
  explicit with_file(std::string_view yaml) : spec("input: {path: a.jsonl}\nmodels: mine.yaml\n") {
    std::ofstream(spec.folder() + "/mine.yaml") << yaml;
  }

  model_catalogue models() const { return model_catalogue::of(spec.load()); }

  std::string complaint() const {
    try {
      models();
    } catch (const usage_error& error) {
      return spec.local(error.what());
    }
    return "";
  }

  spec_file spec;
};

TEST_CASE("the catalogue: a model, its alias, and names that are none") {
  const model_catalogue& models = model_catalogue::known();
  const auto alias = models.find("gpt-4o-mini");
  REQUIRE(alias);
  CHECK(alias->name == "gpt-4o-mini");
  CHECK(alias->alias_of == "gpt-4o-mini-2024-07-18");
  CHECK(alias->context == 128'000);
  CHECK(alias->prices.input == 0.15);
  CHECK(alias->shutdown == "2027-01-14");
  CHECK(models.find("gpt-4o-mini-2024-07-18")->aliases == std::vector<std::string>{"gpt-4o-mini"});
  CHECK_FALSE(models.find("gpt-4o-minni"));
  CHECK_FALSE(models.find(""));
  CHECK_FALSE(models.find("ft:"));
}

TEST_CASE("the catalogue: every entry makes sense") {
  for (const model_info& entry : model_catalogue::known().all()) {
    INFO(entry.name);
    const auto model = model_catalogue::known().find(entry.name);
    REQUIRE(model);
    CHECK_FALSE(model->kind.empty());
    if (model->context && model->max_output) CHECK(*model->max_output <= *model->context);
    if (model->prices.cached_input) CHECK(*model->prices.cached_input <= *model->prices.input);
    if (model->batch_prices && model->batch_prices->input)
      CHECK(*model->batch_prices->input * 2 == Approx(*model->prices.input));
    if (model->batch_prices) CHECK(model->batch == true);
  }
}

TEST_CASE("the catalogue: what can be fine-tuned, and what the user's file says of it") {
  const model_catalogue& models = model_catalogue::known();
  REQUIRE(models.find("gpt-4.1-mini")->tuning);
  CHECK(models.find("gpt-4.1-mini")->tuning->price == 5);
  CHECK_FALSE(models.find("gpt-4.1-mini")->tuning->example_tokens);
  CHECK(models.find("gpt-4o")->tuning->images);
  CHECK(models.find("o4-mini")->tuning->hourly_price == 100);
  CHECK_FALSE(models.find("gpt-5.4")->tuning);
  const with_file own("models: {mine: {tuning: {methods: [dpo], price: 2, example_tokens: 99}}}");
  CHECK(own.models().find("mine")->tuning->example_tokens == 99);
  CHECK(
      with_file("models: {mine: {tuning: {prize: 2}}}").complaint().find("did you mean 'price'") !=
      std::string::npos);
}

TEST_CASE("the catalogue: a fine-tuned model is its base with prices of its own") {
  const auto tuned = model_catalogue::known().find("ft:gpt-4o-mini-2024-07-18:acme::8Xk");
  REQUIRE(tuned);
  CHECK(tuned->name == "ft:gpt-4o-mini-2024-07-18:acme::8Xk");
  CHECK(tuned->context == 128'000);
  CHECK(tuned->prices.input == 0.3);
  CHECK_FALSE(tuned->batch_prices);
  const auto unpriced = model_catalogue::known().find("ft:gpt-5-nano-2025-08-07:acme::8Xk");
  REQUIRE(unpriced);
  CHECK_FALSE(cost_of(*unpriced, used(1, 1)));
}

TEST_CASE("a file of models: adds one, corrects one, and leaves the rest alone") {
  const with_file file(R"(models:
  house-model: {kind: chat, context: 32768, prices: {input: 0.5, output: 1.5}}
  gpt-4o-mini-2024-07-18: {prices: {input: 0.1, output: 0.5}}
  short: {alias_of: house-model}
  dear: {alias_of: house-model, prices: {input: 9, output: 9}}
)");
  const model_catalogue models = file.models();
  CHECK(models.find("house-model")->context == 32'768);
  CHECK(models.find("gpt-4o-mini")->prices.input == 0.1);
  CHECK(models.find("gpt-4o-mini")->context == 128'000);
  CHECK_FALSE(models.find("gpt-4o-mini")->prices.cached_input);
  CHECK(models.find("short")->prices.output == 1.5);
  CHECK(models.find("dear")->prices.output == 9);
  CHECK(models.find("dear")->context == 32'768);
  CHECK(models.find("gpt-4.1")->prices.input == 2);
}

TEST_CASE("a file of models: an entry for an alias keeps what it stands for") {
  const with_file file("models: {gpt-4o: {max_output: 100}}\n");
  CHECK(file.models().find("gpt-4o")->max_output == 100);
  CHECK(file.models().find("gpt-4o")->prices.input == 2.5);
  CHECK(file.models().find("gpt-4o-2024-08-06")->max_output == 16'384);
}

TEST_CASE("a file of models: mistakes are told with their place") {
  const auto complaint = [](std::string_view yaml) { return with_file(yaml).complaint(); };
  CHECK(complaint("models:\n  m: {prises: {input: 1}}\n") ==
        "mine.yaml:2:15: there is no key `prises` here; did you mean 'prices'?");
  CHECK(complaint("models:\n  m:\n    prices: {input: cheap}\n") ==
        "mine.yaml:3:21: `input`: this must be a number, 0 or more");
  CHECK(complaint("models:\n  m: {prices: {input: -1}}\n") ==
        "mine.yaml:2:23: `input`: this must be a number, 0 or more");
  CHECK(complaint("models:\n  m: {shutdown: soon}\n") ==
        "mine.yaml:2:17: `shutdown`: this must be a date such as \"2027-01-14\", in quotes");
  CHECK(complaint("models:\n  m: {alias_of: nobody}\n") ==
        "mine.yaml:2:17: `alias_of`: there is no model `nobody` that the name could stand for; "
        "name one that is no alias itself");
  CHECK(complaint("models: [a]\n") == "mine.yaml:1:9: `models`: this must be a mapping");
  CHECK(complaint("- a\n") ==
        "mine.yaml:1:1: the file must be a mapping; write for example `models: {my-model: "
        "{context: 128000}}`");
  CHECK(complaint("models:\n  m: {limits: {tier1: {}}}\n") ==
        "mine.yaml:2:23: there is no key `tier1` here; did you mean 'tier_1'?");
}

TEST_CASE("a file of models that is not there is told with the place in the spec") {
  const spec_file spec("input: {path: a.jsonl}\nmodels: mine.yaml\n");
  CHECK(spec.complaint() ==
        "job.yaml:2:9: there is no file " + spec.folder() + "/mine.yaml; check `models`");
}

TEST_CASE("prices: input, cached input and output, to the last digit") {
  const model_info model = *model_catalogue::known().find("gpt-4o-mini");
  CHECK(cost_of(model, used(1, 0))->pico() == 150'000);
  CHECK(cost_of(model, used(0, 1))->pico() == 600'000);
  CHECK(cost_of(model, used(1000, 10, 900))->pico() == 100 * 150'000 + 900 * 75'000 + 10 * 600'000);
  CHECK(cost_of(model, used(1'000'000, 1'000'000))->in_dollars() == Approx(0.75));
}

TEST_CASE("prices: batches cost half") {
  const model_info model = *model_catalogue::known().find("gpt-4o-mini");
  CHECK(cost_of(model, used(1000, 10, 900), billing::batch)->pico() * 2 ==
        cost_of(model, used(1000, 10, 900))->pico());
}

TEST_CASE("prices: embeddings have no output, moderation is free") {
  const model_catalogue& models = model_catalogue::known();
  CHECK(cost_of(*models.find("text-embedding-3-small"), used(1'000'000, 0))->in_dollars() == 0.02);
  CHECK(cost_of(*models.find("omni-moderation-latest"), used(1'000'000, 0)) == money());
}

TEST_CASE("prices: what is not known is not zero") {
  model_info model;
  CHECK_FALSE(cost_of(model, used(1, 0)));
  CHECK_FALSE(most_cost(model, 1, 0));
  model.prices.input = 1;
  CHECK(cost_of(model, used(1, 0)));
  CHECK_FALSE(cost_of(model, used(1, 1)));
  CHECK_FALSE(cost_of(model, used(1, 0), billing::batch));
}

TEST_CASE("prices: long prompts cost more as a whole, and so does what goes into the cache") {
  const model_info model = *model_catalogue::known().find("gpt-5.6-luna");
  CHECK(cost_of(model, used(272'000, 10))->pico() == 272'000LL * 200'000 + 10 * 1'200'000);
  CHECK(cost_of(model, used(272'001, 10))->pico() == 272'001LL * 400'000 + 10 * 1'800'000);
  token_usage usage = used(1000, 0);
  usage.cache_written = 400;
  CHECK(cost_of(model, usage)->pico() == 600 * 200'000 + 400 * 250'000);
  CHECK(most_cost(model, 1000, 10)->pico() == 1000 * 250'000 + 10 * 1'200'000);
}

TEST_CASE("prices: a usage without sense is no way to a lower price") {
  const model_info model = *model_catalogue::known().find("gpt-4o-mini");
  CHECK(cost_of(model, used(10, 0, 1000)) == cost_of(model, used(10, 0, 10)));
  CHECK(cost_of(model, used(1'000'000'000'000'000, 0))->pico() > 0);
}

TEST_CASE("warnings: a model that is gone, one that ends soon, one that lives") {
  const model_catalogue& models = model_catalogue::known();
  const auto told = [&](std::string_view model, std::string_view day) {
    const auto all = model_warnings(models, model, "/v1/chat/completions", "{}", day);
    return all.empty() ? "" : all.front();
  };
  CHECK(told("gpt-4", "2026-11-21") ==
        "the model gpt-4 was shut down on 2026-10-23; its provider recommends gpt-5.6-sol");
  CHECK(told("gpt-5", "2026-11-21") ==
        "the model gpt-5 ends on 2026-12-11, in 20 days; its provider recommends gpt-5.6-sol");
  CHECK(told("gpt-5", "2026-12-10") ==
        "the model gpt-5 ends on 2026-12-11, in 1 day; its provider recommends gpt-5.6-sol");
  CHECK(told("gpt-4o-mini", "2026-11-21").empty());
  CHECK(told("gpt-5.2", "2026-11-21").empty());
  CHECK(told("house-model", "2026-11-21").empty());
}

TEST_CASE("warnings: a model at an endpoint that is not its own") {
  const model_catalogue& models = model_catalogue::known();
  const auto told = [&](std::string_view model, std::string_view endpoint) {
    return model_warnings(models, model, endpoint, "{}", "2026-11-21");
  };
  CHECK(told("text-embedding-3-small", "/v1/chat/completions") ==
        std::vector<std::string>{"the model text-embedding-3-small is not for "
                                 "/v1/chat/completions; it answers at /v1/embeddings"});
  CHECK(told("text-embedding-3-small", "/v1/embeddings").empty());
  CHECK(told("text-embedding-3-small", "/embeddings").empty());
}

TEST_CASE("warnings: parameters that the family refuses, unless they say nothing") {
  const model_catalogue& models = model_catalogue::known();
  const auto told = [&](std::string_view body) {
    return model_warnings(models, "gpt-5-mini", "/v1/chat/completions", body, "2026-01-01");
  };
  CHECK(told(R"({"max_tokens":5,"temperature":0})") ==
        std::vector<std::string>{
            "the model gpt-5-mini refuses `max_tokens`; use `max_completion_tokens`",
            "the model gpt-5-mini refuses `temperature`; remove it"});
  CHECK(told(R"({"max_completion_tokens":5,"temperature":1,"logprobs":false})").empty());
}

TEST_CASE("data retention is told by endpoint") {
  CHECK(retention_of("/v1/moderations")->kept == "not at all");
  CHECK(retention_of("/v1/batches")->zero == "no");
  CHECK_FALSE(retention_of("/v1/nothing"));
}

}  // namespace
}  // namespace batchmill
