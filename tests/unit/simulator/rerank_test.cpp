#include "runner/simulator/endpoints/rerank.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

api_answer rerank(std::string_view members) {
  simulated_api api;
  return api.post("/v1/rerank",
                  R"({"model":"BAAI/bge-reranker-v2-m3",)" + std::string(members) + "}");
}

const std::string bicycles = R"("query":"broken bicycle","documents":["sunny weather tomorrow",
    {"text":"how to mend a broken bicycle"},"a bicycle"])";

}  // namespace

TEST_CASE("documents that share words with the query come first") {
  const auto answer = rerank(bicycles);
  REQUIRE(answer.status() == 200);
  REQUIRE(answer.at("/results").as_array().size() == 3);
  CHECK(answer.number("/results/2/index") == 0);
  CHECK(answer.text("/results/2/document/text") == "sunny weather tomorrow");
  double before = 1;
  for (const auto& result : answer.at("/results").as_array()) {
    CHECK(result.at("relevance_score").to_number<double>() <= before);
    before = result.at("relevance_score").to_number<double>();
  }
  CHECK(answer.number("/usage/total_tokens") == 4 + 6 + 7 + 3);
}

TEST_CASE("only the best are shown, without their texts, when that is wanted") {
  const auto answer = rerank(bicycles + R"(,"top_n":1,"return_documents":false)");
  CHECK(answer.at("/results").as_array().size() == 1);
  CHECK_FALSE(answer.at("/results/0").as_object().contains("document"));
  CHECK(rerank(bicycles + R"(,"top_n":9)").at("/results").as_array().size() == 3);
}

TEST_CASE("what reranking does not take is refused") {
  CHECK(rerank(R"("documents":["a"])").param() == "query");
  CHECK(rerank(R"("query":"a")").param() == "documents");
  CHECK(rerank(R"("query":"a","documents":[])").code() == "empty_array");
  CHECK(rerank(R"("query":"a","documents":[5])").param() == "documents[0]");
  CHECK(rerank(R"("query":"a","documents":[{}])").param() == "documents[0].text");
  CHECK(rerank(bicycles + R"(,"top_n":-1)").code() == "integer_below_min_value");
  CHECK(rerank(bicycles + R"(,"input":"a")").code() == "unknown_parameter");
  simulated_api api;
  CHECK(api.post("/v1/rerank", R"({"model":"gpt-4o","query":"a","documents":["a"]})").status() ==
        404);
}
