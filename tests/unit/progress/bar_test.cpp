// The bar in both alphabets.
#include "runner/progress/bar.hpp"

#include <cmath>

#include "tests/support/catch.hpp"

using namespace batchmill;

TEST_CASE("a Unicode bar moves by eighths of a cell") {
  const look l(false, true);
  CHECK(render_bar(0, 6, l) == "▕    ▏");
  CHECK(render_bar(1.0 / 32, 6, l) == "▕▏   ▏");
  CHECK(render_bar(0.375, 6, l) == "▕█▌  ▏");
  CHECK(render_bar(1, 6, l) == "▕████▏");
}

TEST_CASE("an ASCII bar has an arrow until it is full") {
  const look l(false, false);
  CHECK(render_bar(0, 6, l) == "[>   ]");
  CHECK(render_bar(0.5, 6, l) == "[==> ]");
  CHECK(render_bar(1, 6, l) == "[====]");
}

TEST_CASE("impossible shares stay inside the bar") {
  const look l(false, false);
  CHECK(render_bar(-3, 6, l) == "[>   ]");
  CHECK(render_bar(7, 6, l) == "[====]");
  CHECK(render_bar(std::nan(""), 6, l) == "[>   ]");
}

TEST_CASE("every share has the same width") {
  for (const bool unicode : {false, true})
    for (int i = 0; i <= 1000; ++i)
      REQUIRE(visible_width(render_bar(i / 1000.0, 23, {true, unicode})) == 23);
}

TEST_CASE("no room, no bar") {
  CHECK(render_bar(0.5, 2, {true, true}) == "  ");
}

TEST_CASE("what is filled is green") {
  CHECK(render_bar(0.5, 4, {true, false}) == "[\x1b[32m=>\x1b[0m]");
}
