// The displays as a whole, seen through a file descriptor.
#include "runner/progress/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;
using style = progress_options::style;

namespace {

/// Sets a variable of the environment for the length of a test.
class variable {
 public:
  variable(const char* name, const char* value) : name_(name) {
    const char* old = std::getenv(name);
    had_ = old != nullptr;
    if (had_) old_ = old;
    set(value);
  }
  ~variable() { set(had_ ? old_.c_str() : nullptr); }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;

 private:
  void set(const char* value) const {
    if (value == nullptr)
      ::unsetenv(name_);
    else
      ::setenv(name_, value, 1);
    ::tzset();
  }

  const char* name_;
  bool had_ = false;
  std::string old_;
};

/// A display that writes into a file, at 12:34:56 UTC.
class screen {
 public:
  explicit screen(style how, bool quiet = false) : file_(std::tmpfile()) {
    progress_options o;
    o.how = how;
    o.quiet = quiet;
    o.fd = ::fileno(file_);
    o.wall_now = [] { return wall_time(12h + 34min + 56s); };
    progress = make_progress(o);
  }
  ~screen() {
    progress.reset();
    std::fclose(file_);
  }
  screen(const screen&) = delete;
  screen& operator=(const screen&) = delete;

  /// What came since the last call.
  std::string text() {
    std::string all(1 << 16, '\0');
    const auto n = ::pread(::fileno(file_), all.data(), all.size(), read_);
    all.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    read_ += n;
    return all;
  }

  std::unique_ptr<run_observer> progress;

 private:
  variable zone_{"TZ", "UTC0"};
  variable no_color_{"NO_COLOR", nullptr};
  variable term_{"TERM", "xterm"};
  variable locale_{"LC_ALL", "C.UTF-8"};
  std::FILE* file_;
  off_t read_ = 0;
};

run_status at(duration elapsed) {
  run_status s;
  s.rows_total = 200;
  s.total_exact = true;
  s.rows_ok = 100;
  s.rows_per_second = 10;
  s.elapsed = elapsed;
  s.held_by = bottleneck::server;
  return s;
}

run_summary stopped() {
  run_summary s;
  s.end = run_end::stopped;
  s.stop_reason = "The quota is used up.";
  s.wall = 20s;
  return s;
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("plain: a line at the start, every ten seconds and at the end") {
  screen s(style::automatic);  // a file is no terminal
  s.progress->started(at(0s));
  CHECK(s.text() == "12:34:56 started: 200 rows\n");
  for (auto t = 100ms; t < 10s; t += 100ms) s.progress->progressed(at(t));
  CHECK(s.text() == "");
  s.progress->progressed(at(10s));
  CHECK(s.text() ==
        "12:34:56  50%  100/200 rows, 10 rows/s, 0 in flight, ETA 10s, held by: the server's "
        "speed\n");
  s.progress->progressed(at(19900ms));
  CHECK(s.text() == "");
  s.progress->notice(severity::warning, "careful");
  CHECK(s.text() == "12:34:56 warning: careful\n");
  s.progress->finished(stopped());
  CHECK_THAT(s.text(), Catch::Matchers::StartsWith("12:34:56 finished after 20s\n"
                                                   "Stopped: The quota is used up.\n\n  rows "));
}

TEST_CASE("plain: an input of unknown length starts all the same") {
  screen s(style::plain);
  s.progress->started(run_status());
  CHECK(s.text() == "12:34:56 started\n");
}

TEST_CASE("none: only notices and the summary") {
  screen s(style::none);
  s.progress->started(at(0s));
  s.progress->progressed(at(10s));
  s.progress->notice(severity::info, "reading a.jsonl");
  CHECK(s.text() == "reading a.jsonl\n");
  s.progress->finished(stopped());
  CHECK_THAT(s.text(), Catch::Matchers::StartsWith("Stopped: The quota is used up.\n"));
}

TEST_CASE("quiet: only warnings and errors, in every style") {
  for (const auto how : {style::automatic, style::terminal, style::plain, style::none}) {
    screen s(how, true);
    s.progress->started(at(0s));
    s.progress->progressed(at(10s));
    s.progress->notice(severity::info, "reading a.jsonl");
    CHECK(s.text() == "");
    s.progress->notice(severity::warning, "careful");
    CHECK_THAT(s.text(), ContainsSubstring("careful\n"));
    s.progress->finished(run_summary());
    CHECK(s.text() == "");
  }
}

TEST_CASE("quiet: the reason of a stop is said exactly once") {
  screen s(style::plain, true);
  SECTION("by the summary") {}
  SECTION("by a notice") {
    s.progress->notice(severity::error, "The quota is used up.");
  }
  s.progress->finished(stopped());
  const auto text = s.text();
  CHECK(lines(text) == 1);
  CHECK_THAT(text, ContainsSubstring("The quota is used up.\n"));
}

TEST_CASE("terminal: drawn at most ten times a second") {
  screen s(style::terminal);
  s.progress->started(at(0s));
  int frames = s.text().empty() ? 0 : 1;
  for (auto t = 0ms; t < 1s; t += 10ms) {
    s.progress->progressed(at(t));
    if (!s.text().empty()) ++frames;
  }
  CHECK(frames == 10);
}

TEST_CASE("terminal: the area fits 80 columns where the width is unknown") {
  screen s(style::terminal);
  s.progress->progressed(at(5s));
  const auto frame = s.text();
  CHECK_THAT(frame, ContainsSubstring("▏") && ContainsSubstring("100/200"));
  CHECK(lines(frame) == 3);
}

TEST_CASE("terminal: the end takes the area away and leaves the summary") {
  screen s(style::terminal);
  s.progress->progressed(at(5s));
  s.text();
  s.progress->finished(stopped());
  CHECK_THAT(
      s.text(),
      Catch::Matchers::StartsWith(
          "\x1b[?25l\r\x1b[A\x1b[2K\x1b[A\x1b[2K\x1b[A\x1b[2K\x1b[?25h\x1b[31mStopped: The quota"));
  s.progress.reset();
  CHECK(s.text() == "");
}

TEST_CASE("terminal: a run that ends without a summary leaves a clean screen") {
  screen s(style::terminal);
  s.progress->progressed(at(5s));
  s.text();
  s.progress.reset();
  CHECK(s.text() == "\x1b[?25l\r\x1b[A\x1b[2K\x1b[A\x1b[2K\x1b[A\x1b[2K\x1b[?25h");
}

TEST_CASE("terminal: NO_COLOR takes the colours away, not the area") {
  const variable no_color("NO_COLOR", "1");
  std::FILE* file = std::tmpfile();
  progress_options o;
  o.how = style::terminal;
  o.fd = ::fileno(file);
  make_progress(o)->progressed(at(5s));
  std::string text(1 << 12, '\0');
  text.resize(static_cast<std::size_t>(::pread(o.fd, text.data(), text.size(), 0)));
  std::fclose(file);
  CHECK_THAT(text, ContainsSubstring("100/200") && !ContainsSubstring("\x1b[2m") &&
                       !ContainsSubstring("\x1b[32m"));
}

TEST_CASE("json: every kind of line") {
  screen s(style::json);
  s.progress->started(at(0s));
  CHECK(
      s.text() ==
      R"({"time":"1970-01-01T12:34:56.000Z","event":"started","rows_total":200,"rows_total_exact":true})"
      "\n");
  s.progress->progressed(at(10s));
  CHECK(
      s.text() ==
      R"({"time":"1970-01-01T12:34:56.000Z","event":"progress","elapsed_seconds":10.0,"rows_total":200,)"
      R"("rows_total_exact":true,"rows_done":100,"rows_ok":100,"rows_failed":0,"rows_per_second":10.0,)"
      R"("in_flight":0,"waiting":0,"attempts":0,"retries":0,"rate_limited":0,"tokens":{"prompt":0,)"
      R"("completion":0,"total":0,"cached":0,"reasoning":0},"cost":{"known":false,"usd":null,)"
      R"("known_usd":0.0,"at_risk_usd":0.0,"in_flight_usd":0.0,"budget_usd":null},"held_by":"server",)"
      R"("held_limit_per_minute":0.0,"stopping":false,)"
      R"("eta_seconds":10.0,"attempts_not_shown":0})"
      "\n");
  s.progress->notice(severity::warning, "a \"b\"\n");
  CHECK(
      s.text() ==
      R"({"time":"1970-01-01T12:34:56.000Z","event":"notice","level":"warning","message":"a \"b\"\n"})"
      "\n");
  s.progress->finished(stopped());
  const auto end = s.text();
  CHECK_THAT(end,
             ContainsSubstring(R"("event":"finished","name":null,"model":null,"end":"stopped")"));
  CHECK(lines(end) == 1);
}

TEST_CASE("json: a total that is not known is null") {
  screen s(style::json);
  s.progress->started(run_status());
  CHECK_THAT(s.text(), ContainsSubstring(R"("rows_total":null,"rows_total_exact":false)"));
}

TEST_CASE("json: failed attempts are shown ten a second, the others counted") {
  screen s(style::json);
  const row r(4, "{}", std::make_shared<const std::string>("in.jsonl"), 5);
  s.progress->progressed(at(0s));
  for (int i = 0; i < 25; ++i) s.progress->attempt_failed(r, 2, "503 overloaded", 1500ms);
  const auto first = s.text();
  CHECK(lines(first) == 10);
  CHECK_THAT(first, ContainsSubstring(R"("event":"attempt_failed","row":4,"file":"in.jsonl",)"
                                      R"("line":5,"attempt":2,"reason":"503 overloaded",)"
                                      R"("wait_seconds":1.5})"));
  s.progress->progressed(at(1s));
  for (int i = 0; i < 3; ++i) s.progress->attempt_failed(r, 3, "503 overloaded", 0s);
  CHECK(lines(s.text()) == 3);
  s.progress->progressed(at(10s));
  CHECK_THAT(s.text(), ContainsSubstring(R"("attempts_not_shown":15})"));
  s.progress->progressed(at(20s));
  CHECK_THAT(s.text(), ContainsSubstring(R"("attempts_not_shown":0})"));
}

TEST_CASE("json and quiet: warnings, errors and the reason of a stop") {
  screen s(style::json, true);
  s.progress->started(at(0s));
  s.progress->progressed(at(10s));
  s.progress->notice(severity::info, "reading");
  CHECK(s.text() == "");
  s.progress->finished(stopped());
  CHECK_THAT(s.text(), ContainsSubstring(R"("level":"error","message":"The quota is used up."})"));
}
