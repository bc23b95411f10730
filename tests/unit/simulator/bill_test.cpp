#include "runner/simulator/bill.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using simulator_detail::bill;

TEST_CASE("the simulator's bill adds up by model, and knows what it does not know") {
  bill b;
  CHECK(b.json() == R"({"usd":0.0,"models":[]})");
  token_usage used;
  used.prompt = 1000;
  used.completion = 10;
  b.add("gpt-4o-mini", used);
  b.add("gpt-4o-mini", used);
  CHECK(b.json() == R"({"usd":0.000312,"models":[{"model":"gpt-4o-mini","requests":2,)"
                    R"("prompt_tokens":2000,"cached_tokens":0,"completion_tokens":20,)"
                    R"("usd":0.000312}]})");
  b.add("house", used);
  CHECK(b.json().find(R"("usd":null)") != std::string::npos);
}

TEST_CASE("the simulator's bill asks half the price for what came in a batch") {
  bill b;
  token_usage used;
  used.prompt = 1000;
  b.add("gpt-4o-mini", used, billing::batch);
  CHECK(b.json().starts_with(R"({"usd":0.000075,)"));
}
