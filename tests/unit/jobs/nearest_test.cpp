#include "jobs/nearest.hpp"

#include "tests/support/catch.hpp"

using batchmill::jobs::did_you_mean;
using batchmill::jobs::nearest;

TEST_CASE("nearest finds the name with the fewest typing errors") {
  CHECK(nearest("txt", {"id", "text", "title"}) == "text");
  CHECK(nearest("nmae", {"mail", "name"}) == "name");
  CHECK(nearest("Text", {"id", "text"}) == "text");
  CHECK(nearest("ticketid", {"ticket", "ticket_id"}) == "ticket_id");
  CHECK(nearest("customer_nmae", {"customer_name", "customer_mail"}) == "customer_name");
}

TEST_CASE("nearest makes no wild guesses") {
  CHECK_FALSE(nearest("txt", {}));
  CHECK_FALSE(nearest("txt", {"id", "customer", ""}));
  CHECK_FALSE(nearest("a", {"b"}));
  CHECK_FALSE(nearest("", {"b"}));
  CHECK_FALSE(nearest(std::string(1000, 'a'), {std::string(1000, 'a')}));
}

TEST_CASE("did_you_mean is a clause, or nothing") {
  CHECK(did_you_mean("txt", {"text"}) == "; did you mean 'text'?");
  CHECK(did_you_mean("txt", {"id"}).empty());
}
