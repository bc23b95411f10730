#include "runner/engine/ledger/paid_answers.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

const std::string body = R"({"data":[{"url":"http://h/x?a=1&b=\u0022"}],"n":1.50})";

}  // namespace

TEST_CASE("paid answers are found by another process, by row and request") {
  temporary_folder folder;
  const std::string path = folder.path("paid");
  paid_answers first(path);
  CHECK(first.empty());
  REQUIRE(first.keep(7, paid_answer(0xfedcba9876543210, "req \"1\"", body)));
  REQUIRE(first.keep(9, paid_answer(1, "", body)));
  CHECK(first.find(7, 0xfedcba9876543210));

  const paid_answers second(path);
  const auto found = second.find(7, 0xfedcba9876543210);
  REQUIRE(found);
  CHECK(found->body == body);
  CHECK(found->request_id == "req \"1\"");
  CHECK(second.find(9, 1));
  CHECK_FALSE(second.find(7, 1));
  CHECK_FALSE(second.find(8, 1));
}

TEST_CASE("of a row kept twice the last answer counts") {
  temporary_folder folder;
  paid_answers answers(folder.path("paid"));
  REQUIRE(answers.keep(7, paid_answer(1, "", "{}")));
  REQUIRE(answers.keep(7, paid_answer(2, "", body)));
  const paid_answers again(folder.path("paid"));
  CHECK_FALSE(again.find(7, 1));
  CHECK(again.find(7, 2)->body == body);
}

TEST_CASE("a file of paid answers that is cut anywhere gives what is whole in it") {
  temporary_folder folder;
  paid_answers answers(folder.path("paid"));
  REQUIRE(answers.keep(1, paid_answer(1, "", "{}")));
  REQUIRE(answers.keep(2, paid_answer(2, "", body)));
  const std::string text = folder.read("paid");
  const std::size_t first = text.find('\n') + 1;
  for (std::size_t length = 0; length < text.size() - 1; ++length) {
    const paid_answers cut(folder.write("cut", text.substr(0, length)));
    REQUIRE(cut.find(1, 1).has_value() == (length + 1 >= first));
    REQUIRE_FALSE(cut.find(2, 2));
  }
}

TEST_CASE("where nothing can be kept, keeping fails") {
  CHECK_FALSE(paid_answers("").keep(1, paid_answer(1, "", "{}")));
  temporary_folder folder;
  CHECK_FALSE(paid_answers(folder.path("none") + "/paid").keep(1, paid_answer(1, "", "{}")));
}
