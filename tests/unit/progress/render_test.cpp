// The live area and the plain line, exactly, for several statuses and widths.
#include "runner/progress/render.hpp"

#include <algorithm>
#include <limits>
#include <sstream>

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

const look ascii(false, false);
const look unicode(false, true);

run_status busy() {
  run_status s;
  s.rows_total = 100'000;
  s.rows_ok = 42'300;
  s.rows_failed = 10;
  s.in_flight = 2'000;
  s.waiting = 12;
  s.attempts = 44'650;
  s.retries = 340;
  s.rate_limited = 25;
  s.tokens.total = 1'250'000;
  s.rows_per_second = 1234;
  s.elapsed = 40s;
  s.held_by = bottleneck::tokens;
  return s;
}

run_status enormous() {
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  run_status s = busy();
  s.rows_total = 2ull * most;
  s.rows_ok = s.rows_failed = s.in_flight = s.waiting = s.retries = s.rate_limited = most;
  s.tokens.total = std::numeric_limits<std::int64_t>::max();
  s.rows_per_second = 1e12;
  s.elapsed = 1000h;
  return s;
}

std::size_t widest(const std::string& lines) {
  std::istringstream in(lines);
  std::size_t width = 0;
  for (std::string line; std::getline(in, line);) width = std::max(width, visible_width(line));
  return width;
}

}  // namespace

TEST_CASE("a busy run on 100 columns") {
  CHECK(
      render_live(busy(), 100, unicode) ==
      "▕████████████████                      ▏   42%   42,310/~100,000   1,234 rows/s   ETA 50s\n"
      "in flight 2,000   waiting 12   retries 340   429s 25   failed 10   tokens 1.2M\n"
      "elapsed 40s   held by: token limit");
}

TEST_CASE("the cost stands beside the tokens") {
  run_status s = busy();
  s.cost.begun = s.cost.known = true;
  s.cost.spent = money::dollars(1.25);
  CHECK(render_live(s, 100, unicode).find("tokens 1.2M   cost $1.25\n") != std::string::npos);
  CHECK(render_plain(s).find(", cost $1.25, ETA ") != std::string::npos);
  s.cost.at_risk = money::dollars(0.5);
  s.cost.budget = money::dollars(25);
  CHECK(render_live(s, 100, unicode).find("cost $1.75 of $25.00\n") != std::string::npos);
  s.cost.known = false;
  CHECK(render_live(s, 100, unicode).find("cost over $1.25\n") != std::string::npos);
  s.cost.spent = money();
  CHECK(render_live(s, 100, unicode).find("cost unknown\n") != std::string::npos);
}

TEST_CASE("a busy run on 80 columns without Unicode") {
  CHECK(render_live(busy(), 80, ascii) ==
        "[===========>              ]   42%   42,310/~100,000   1,234 rows/s   ETA 50s\n"
        "in flight 2,000   waiting 12   retries 340   429s 25   failed 10   tokens 1.2M\n"
        "elapsed 40s   held by: token limit");
}

TEST_CASE("a busy run on 40 columns drops what matters least") {
  CHECK(render_live(busy(), 40, ascii) ==
        "[======>        ]  42%   42,310/~100,000\n"
        "1,234 rows/s   ETA 50s      elapsed 40s\n"
        "in flight 2,000   failed 10\n"
        "held by: token limit");
}

TEST_CASE("a run that just started knows nothing") {
  CHECK(render_live(run_status(), 80, ascii) ==
        "0 rows   0 rows/s\n"
        "in flight 0   waiting 0   retries 0   429s 0   failed 0   tokens 0\n"
        "elapsed 0s   starting");
}

TEST_CASE("a run that stops says what it waits for") {
  auto s = busy();
  s.stopping = true;
  CHECK_THAT(render_live(s, 80, ascii), ContainsSubstring("stopping: 2,000 still in flight"));
  CHECK_THAT(render_live(s, 80, ascii), ContainsSubstring("ETA --"));
  s.in_flight = 0;
  CHECK_THAT(render_live(s, 80, ascii), ContainsSubstring("elapsed 40s   stopping"));
}

TEST_CASE("colour is restrained: labels dim, failures red, waiting yellow") {
  const auto lines = render_live(busy(), 80, {true, false});
  CHECK_THAT(lines, ContainsSubstring("\x1b[2mfailed\x1b[0m \x1b[31m10\x1b[0m"));
  CHECK_THAT(lines, ContainsSubstring("\x1b[2mwaiting\x1b[0m \x1b[33m12\x1b[0m"));
  CHECK_THAT(lines, ContainsSubstring("\x1b[2mETA \x1b[0m50s"));
}

TEST_CASE("without colour there is no escape code") {
  for (const int width : {10, 40, 80, 200})
    CHECK(render_live(busy(), width, unicode).find('\x1b') == std::string::npos);
}

TEST_CASE("no line is ever wider than the terminal") {
  for (const auto& s : {busy(), enormous(), run_status()})
    for (const bool color : {false, true})
      for (int width = -1; width <= 200; ++width) {
        const auto lines = render_live(s, width, {color, true});
        INFO("width " << width << ":\n" << lines);
        REQUIRE(widest(lines) <= static_cast<std::size_t>(std::max(width, 1)));
        const auto breaks = std::count(lines.begin(), lines.end(), '\n');
        REQUIRE((breaks == 2 || breaks == 3));
      }
}

TEST_CASE("the line stands still while the figures change") {
  auto a = busy();
  auto b = busy();
  a.rows_per_second = 7.3;
  a.rows_ok = 1;
  b.rows_per_second = 1300;
  const auto place = [](const run_status& s) { return render_live(s, 100, ascii).find("ETA"); };
  CHECK(place(a) == place(b));
}

TEST_CASE("a plain line holds the key facts") {
  CHECK(render_plain(busy()) ==
        " 42%   42,310/~100,000 rows, 1,234 rows/s, 2,000 in flight, 10 failed, 25 429s, ETA 50s, "
        "held by: token limit");
  CHECK(render_plain(run_status()) == "0 rows, 0 rows/s, 0 in flight");
}

TEST_CASE("a plain line says that the run is stopping") {
  auto s = busy();
  s.stopping = true;
  s.rows_failed = s.rate_limited = 0;
  CHECK(render_plain(s) ==
        " 42%   42,300/~100,000 rows, 1,234 rows/s, 2,000 in flight, ETA --, stopping");
}
