// Notices and the times before them.
#include "runner/progress/notices.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

TEST_CASE("a notice has its severity in front, information has none") {
  CHECK(notice_line(severity::info, "reading a.jsonl", true) == "reading a.jsonl\n");
  CHECK(notice_line(severity::warning, "slow", false) == "warning: slow\n");
  CHECK(notice_line(severity::error, "gone", true) == "\x1b[31merror:\x1b[0m gone\n");
}

TEST_CASE("a notice is one line, whatever a server wrote") {
  CHECK(notice_line(severity::error, "a\nb\x1b[31m", false) == "error: a\\nb\\x1b[31m\n");
}

TEST_CASE("log times are RFC 3339 in UTC with milliseconds") {
  CHECK(rfc3339(wall_time(0s)) == "1970-01-01T00:00:00.000Z");
  CHECK(rfc3339(wall_time(1'750'000'000s + 250'999us)) == "2025-06-15T15:06:40.250Z");
  CHECK(rfc3339(wall_time(-1ms)) == "1969-12-31T23:59:59.999Z");
}
