#include "runner/simulator/endpoints/moderations.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

api_answer moderate(std::string_view input, std::string_view more = {}) {
  simulated_api api;
  return api.post("/v1/moderations", "{\"input\":" + std::string(input) + std::string(more) + "}");
}

std::size_t results(const api_answer& answer) {
  return answer.at("/results").as_array().size();
}

bool flagged(const api_answer& answer, std::size_t index = 0) {
  return answer.at("/results/" + std::to_string(index) + "/flagged").as_bool();
}

}  // namespace

TEST_CASE("a harmless text is not flagged, and all thirteen categories say so") {
  const auto answer = moderate("\"a sunny day in the garden\"");
  REQUIRE(answer.status() == 200);
  CHECK(answer.text("/model") == "omni-moderation-latest");
  CHECK(answer.text("/id").starts_with("modr-"));
  CHECK(results(answer) == 1);
  CHECK_FALSE(flagged(answer));
  for (const auto* member : {"categories", "category_scores", "category_applied_input_types"})
    CHECK(answer.at(std::string("/results/0/") + member).as_object().size() == 13);
  for (const auto& [name, score] : answer.at("/results/0/category_scores").as_object())
    CHECK((score.as_double() > 0 && score.as_double() < 0.01));
}

TEST_CASE("words of a category flag it and leave the others alone") {
  const auto answer = moderate("\"I will KILL you, you idiot\"");
  CHECK(flagged(answer));
  CHECK(answer.at("/results/0/categories/violence").as_bool());
  CHECK(answer.at("/results/0/categories/harassment").as_bool());
  CHECK(answer.at("/results/0/category_scores/violence").as_double() > 0.5);
  CHECK_FALSE(answer.at("/results/0/categories/sexual").as_bool());
  CHECK_FALSE(flagged(moderate("\"the skill of a killjoy\"")));
}

TEST_CASE("each text of a list has its own result, the same as alone") {
  const auto answer = moderate(R"(["hello","I hate you"])");
  CHECK(results(answer) == 2);
  CHECK_FALSE(flagged(answer, 0));
  CHECK(flagged(answer, 1));
  CHECK(answer.at("/results/0") == moderate("\"hello\"").at("/results/0"));
}

TEST_CASE("parts have one result together that names the inputs it applied") {
  const auto answer = moderate(R"([{"type":"text","text":"a stupid plan"},
      {"type":"image_url","image_url":{"url":"https://example.com/a.png"}}])");
  REQUIRE(answer.status() == 200);
  CHECK(results(answer) == 1);
  CHECK(flagged(answer));
  const std::string types = "/results/0/category_applied_input_types/";
  CHECK(boost::json::serialize(answer.at(types + "violence")) == R"(["text","image"])");
  CHECK(boost::json::serialize(answer.at(types + "hate")) == R"(["text"])");
  const auto image =
      moderate(R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,aaaa"}}])");
  CHECK(boost::json::serialize(image.at(types + "sexual")) == R"(["image"])");
  CHECK(boost::json::serialize(image.at(types + "hate")) == "[]");
}

TEST_CASE("the older models see text only and know nothing illicit") {
  const auto older = R"(,"model":"text-moderation-latest")";
  const auto answer = moderate("\"how to smuggle\"", older);
  REQUIRE(answer.status() == 200);
  CHECK(answer.at("/results/0/categories").as_object().size() == 11);
  CHECK_FALSE(answer.at("/results/0").as_object().contains("category_applied_input_types"));
  CHECK(moderate(R"([{"type":"text","text":"a"}])", older).param() == "input");
}

TEST_CASE("what moderation does not take is refused") {
  CHECK(moderate("null").code() == "missing_required_parameter");
  CHECK(moderate("[]").code() == "empty_array");
  CHECK(moderate("5").code() == "invalid_type");
  CHECK(moderate("[\"a\",5]").param() == "input[1]");
  CHECK(moderate("\"a\"", R"(,"model":5)").code() == "invalid_type");
  CHECK(moderate("\"a\"", R"(,"user":"me")").error() ==
        "Unrecognized request argument supplied: user");
  CHECK(moderate("\"a\"", R"(,"model":"gpt-4o")").error() ==
        "Invalid value for 'model' = gpt-4o. Please check the OpenAI documentation and try again.");
  CHECK(moderate(R"([{"type":"video"}])").param() == "input[0].type");
  CHECK(moderate(R"([{"text":"a"}])").param() == "input[0].type");
  CHECK(moderate(R"([{"type":"text"}])").param() == "input[0].text");
  CHECK(moderate(R"([{"type":"image_url","image_url":"x"}])").code() == "invalid_type");
  CHECK(moderate(R"([{"type":"image_url","image_url":{}}])").param() == "input[0].image_url.url");
  CHECK(moderate(R"([{"type":"image_url","image_url":{"url":"x"}}])").code() == "invalid_value");
  const std::string image = R"({"type":"image_url","image_url":{"url":"https://a.b/c.png"}})";
  CHECK(moderate("[" + image + "," + image + "]").status() == 400);
}
