#include "runner/progress/curve_chart.hpp"

#include <algorithm>
#include <cmath>

#include "runner/progress/tuning_display.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

curve falling(std::int64_t steps) {
  curve c;
  c.title = "loss";
  for (std::int64_t i = 1; i <= steps; ++i) c.main.emplace_back(i, static_cast<double>(steps - i));
  return c;
}

}  // namespace

TEST_CASE("a curve falls from its largest value to its smallest") {
  const auto lines = render_curve(falling(4), 4, 11, 4, look(false, false));
  CHECK(lines == std::vector<std::string>{"       loss 0.000", "     3 *   ", "        *  ",
                                          "         * ", "     0    *"});
}

TEST_CASE("with Unicode a row is four dots high and a column two wide") {
  const auto lines = render_curve(falling(8), 8, 11, 2, look(false, true));
  REQUIRE(lines.size() == 3);
  CHECK(lines[1] == "     7 ⠑⢄  ");
  CHECK(lines[2] == "     0   ⠑⢄");
}

TEST_CASE(
    "a training that has not come far leaves the rest free, and validation has its own sign") {
  curve c = falling(2);
  c.other.emplace_back(2, 0.5);
  const auto lines = render_curve(c, 4, 11, 3, look(false, false));
  CHECK(lines == std::vector<std::string>{"       loss 0.000  validation 0.500", "     1 *   ",
                                          "        o  ", "     0  *  "});
}

TEST_CASE("one value, none, and those that are no number are drawn without trouble") {
  CHECK(render_curve(falling(1), 1, 11, 2, look(false, false)).size() == 3);
  CHECK(render_curve(curve(), 9, 11, 2, look(false, false))[1] == "           ");
  curve c = falling(2);
  c.main.emplace_back(3, std::nan(""));
  CHECK(render_curve(c, 3, 12, 2, look(false, false)).size() == 3);
  CHECK(render_curve(c, 3, 5, 2, look(false, false)).empty());
}

TEST_CASE("the live picture tells how far the job is and when it will be done") {
  remote_tuning_job job;
  job.id = "ftjob-1";
  job.status = tuning_status::running;
  job.status_text = "running";
  job.estimated_finish = 1600;
  tuning_curves curves;
  CHECK(render_tuning(job, curves, 1000, 80, look()) == "ftjob-1 running, 10m left");
  tuning_metrics m;
  m.step = 5;
  m.total_steps = 10;
  m.train_loss = 1.5;
  m.train_accuracy = 0.5;
  curves.add(m);
  const auto wide = render_tuning(job, curves, 1000, 100, look());
  CHECK(wide.find("step 5 of 10, 10m left\n       loss 1.500") != std::string::npos);
  CHECK(wide.find("accuracy 0.500") != std::string::npos);
  CHECK(std::count(wide.begin(), wide.end(), '\n') == 9);
  CHECK(render_tuning(job, curves, 1000, 60, look()).find("accuracy") == std::string::npos);
}
