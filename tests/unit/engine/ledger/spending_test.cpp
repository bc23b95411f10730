#include "runner/engine/ledger/spending.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

spending some() {
  spending all;
  model_cost m;
  m.model = "ft:\"odd\"";
  m.priced = true;
  m.requests = 7;
  m.lost = 1;
  m.unbilled = 3;
  m.spent = money(500);
  m.at_risk = money(40);
  m.tokens.prompt = 11;
  m.tokens.completion = 12;
  m.tokens.cached = 5;
  all.models.push_back(m);
  all.unsettled = money(3);
  all.promised = money(600);
  return all;
}

}  // namespace

TEST_CASE("spending: what is written is read again") {
  const spending read = spending_from(to_text(some()));
  REQUIRE(read.models.size() == 1);
  CHECK(read.models[0].model == "ft:\"odd\"");
  CHECK(read.models[0].priced);
  CHECK(read.models[0].requests == 7);
  CHECK(read.models[0].unbilled == 3);
  CHECK(read.models[0].tokens.cached == 5);
  CHECK(read.booked() == money(543));
  CHECK(read.promised == money(600));
  CHECK(to_text(read) == to_text(some()));
}

TEST_CASE("spending: its parts, and what is known of them") {
  spending all = some();
  CHECK(all.cost().known);
  CHECK(all.cost().spent == money(500));
  CHECK(all.cost().at_risk == money(43));
  all.models[0].priced = false;
  CHECK_FALSE(all.cost().known);
  CHECK_FALSE(spending().cost().begun);
}

TEST_CASE("spending: a process that died may have spent all that it was allowed to") {
  const spending after = after_the_end(some());
  CHECK(after.unsettled == money(60));
  CHECK(after.booked() == money(600));
  CHECK(after_the_end(after).booked() == money(600));
  spending ended = some();
  ended.promised = ended.booked();
  CHECK(after_the_end(ended).booked() == money(543));
}

TEST_CASE("spending: of a file that is missing or damaged nothing is known") {
  const temporary_folder folder;
  const spending_file file(folder.path("spending"));
  CHECK(file.read().booked() == money());
  folder.write("spending", R"({"promised":600,"models":[{"mod)");
  CHECK(file.read().booked() == money());
  file.write(some());
  CHECK(file.read().booked() == money(543));
  CHECK_NOTHROW(spending_file("").write(some()));
}
