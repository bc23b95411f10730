// The exact bytes of frames.
#include "runner/progress/live_area.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

TEST_CASE("the first frame moves nowhere, the next one back to the first line") {
  live_area area;
  CHECK(area.draw("one\ntwo", 80) == "\x1b[?25l\rone\x1b[K\ntwo\x1b[K\n\x1b[J\x1b[?25h");
  CHECK(area.draw("three", 80) == "\x1b[?25l\r\x1b[2Athree\x1b[K\n\x1b[J\x1b[?25h");
  CHECK(area.draw("four", 80) ==
        "\x1b[?25l\r\x1b[1A"
        "four\x1b[K\n\x1b[J\x1b[?25h");
}

TEST_CASE("a notice goes above the area and stays") {
  live_area area;
  CHECK(area.print_above("early\n", 80) == "\x1b[?25l\rearly\n\x1b[?25h");
  area.draw("one\ntwo", 80);
  CHECK(area.print_above("note\n", 80) ==
        "\x1b[?25l\r\x1b[A\x1b[2K\x1b[A\x1b[2Knote\none\x1b[K\ntwo\x1b[K\n\x1b[J\x1b[?25h");
}

TEST_CASE("an area that a narrower window has wrapped is erased whole") {
  live_area area;
  area.draw("0123456789\nshort", 80);
  CHECK(area.draw("x", 4) == "\x1b[?25l\r\x1b[5Ax\x1b[K\n\x1b[J\x1b[?25h");  // 3 + 2 rows
}

TEST_CASE("clearing happens once and leaves the cursor visible") {
  live_area area;
  CHECK(area.clear(80) == "");
  area.draw("one", 80);
  CHECK(area.clear(80) == "\x1b[?25l\r\x1b[A\x1b[2K\x1b[?25h");
  CHECK(area.clear(80) == "");
}
