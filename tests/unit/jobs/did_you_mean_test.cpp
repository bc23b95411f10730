#include "jobs/did_you_mean.hpp"

#include "tests/support/catch.hpp"

using batchmill::jobs::did_you_mean;

TEST_CASE("did_you_mean is a clause, or nothing") {
  CHECK(did_you_mean("txt", {"text"}) == "; did you mean 'text'?");
  CHECK(did_you_mean("txt", {"id"}).empty());
}
