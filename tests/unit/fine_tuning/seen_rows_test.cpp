#include "jobs/fine_tuning/seen_rows.hpp"

#include "tests/support/catch.hpp"

namespace batchmill {

TEST_CASE("fine-tuning data: seen rows are found again, exactly or by their words") {
  fine_tuning::seen_rows rows;
  CHECK(rows.find(1, 1).line == 0);
  for (std::uint64_t n = 1; n <= 5000; ++n) CHECK(rows.add(n, n << 32, n).line == 0);
  for (std::uint64_t n = 1; n <= 5000; n += 7) {
    CHECK(rows.find(n, n << 32).line == n);
    CHECK(rows.find(n, n << 32).exact);
    CHECK_FALSE(rows.add(n, 77, 9000).exact);
    CHECK(rows.add(n, 77, 9000).line == n);
  }
  CHECK(rows.find(5001, 0).line == 0);
  CHECK(rows.add(0, 0, 9001).line == 0);  // a hash of 0 is one like all others
  CHECK(rows.find(0, 0).line == 9001);
}

}  // namespace batchmill
