#include "runner/row_faults.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

struct listener final : run_observer {
  void notice(severity, std::string_view sentence) override { told.emplace_back(sentence); }
  std::vector<std::string> told;
};

row line(std::uint64_t n) {
  return {n - 1, "", std::make_shared<const std::string>("in.jsonl"), n};
}

}  // namespace

TEST_CASE("a fault of all rows is told once, others each by themselves") {
  listener ears;
  row_faults faults(ears);
  faults.add(line(1), "in.jsonl:1: no model");
  faults.add(line(2), "in.jsonl:2: no model");
  SECTION("all have it") {
    faults.finish();
    CHECK(ears.told == std::vector<std::string>{"in.jsonl:1: no model (the same in all 2 rows)"});
  }
  SECTION("another has none") {
    faults.pass();
    faults.add(line(4), "in.jsonl:4: no model");
    faults.finish();
    CHECK(ears.told == std::vector<std::string>{"in.jsonl:1: no model", "in.jsonl:2: no model",
                                                "in.jsonl:4: no model"});
  }
  SECTION("another has another one") {
    faults.add(line(3), "in.jsonl:3:7: no JSON");
    faults.finish();
    CHECK(ears.told.size() == 3);
  }
}
