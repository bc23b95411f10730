// Whole runs in virtual time against servers that limit in different ways: how much of the limit is
// used, and how many requests are refused?
#include "tests/support/catch.hpp"
#include "tests/unit/flow/virtual_run.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

const time_point start{1000h};

double since_start(time_point t) {
  return seconds(t - start).count();
}

virtual_result run(virtual_server& server, std::uint64_t rows, const limits_spec& limits = {}) {
  return virtual_run(server, limits, rows).go();
}

}  // namespace

TEST_CASE(
    "a bucket that is refilled all the time is used whole, whether its limit is given or not") {
  continuous_server given(60000, 60, start);
  limits_spec limits;
  limits.requests_per_minute = 60000;
  const auto with = run(given, 30000, limits);
  REQUIRE(with.rate() > 0.98 * 1000);
  REQUIRE(with.refused == 0);

  continuous_server learned(60000, 60, start);
  const auto without = run(learned, 30000);
  REQUIRE(without.rate() > 0.98 * 1000);
  REQUIRE(without.refused == 0);
}

TEST_CASE("a bucket that holds no more than a second's worth is not overdrawn") {
  continuous_server server(60000, 1, start);
  const auto result = run(server, 30000);
  REQUIRE(result.rate() > 0.98 * 1000);
  REQUIRE(result.refused_share() < 0.001);
}

TEST_CASE("a share of the limit leaves the rest to others") {
  continuous_server server(60000, 60, start);
  limits_spec limits;
  limits.share = 0.5;
  const auto result = run(server, 10000, limits);
  REQUIRE(result.rate() < 1.01 * 500);
  REQUIRE(result.rate() > 0.97 * 500);
}

TEST_CASE("a limit that counts by the second in secret is kept nevertheless") {
  window_server server(60000, 1s, false, start - 700ms);
  const auto result = run(server, 30000);
  REQUIRE(result.rate() > 0.97 * 1000);
  REQUIRE(result.refused_share() < 0.005);
}

TEST_CASE("fixed windows are used to their end") {
  window_server short_windows(60000, 10s, true, start - 1s);
  const auto fast = run(short_windows, 40000);
  REQUIRE(fast.rate() > 0.97 * 1000);
  REQUIRE(fast.refused_share() < 0.005);

  window_server minutes(600, 60s, true, start - 1s);
  const auto slow = run(minutes, 6000);
  REQUIRE(slow.rate() > 0.97 * 10);
  REQUIRE(slow.refused_share() < 0.005);
}

TEST_CASE("a sliding window is used nearly whole") {
  sliding_server server(60000, 10s);
  const auto result = run(server, 40000);
  REQUIRE(result.rate() > 0.95 * 1000);
  REQUIRE(result.refused_share() < 0.005);
}

TEST_CASE("hours at a limit of a few requests a minute bring no refusal") {
  continuous_server server(30, 10, start);
  const auto result = run(server, 300);
  REQUIRE(result.seconds > 9.5 * 60);
  REQUIRE(result.rate() > 0.97 * 0.5);
  REQUIRE(result.refused_share() < 0.005);
}

TEST_CASE("what others leave is used, and little more asked") {
  continuous_server server(60000, 5, start);
  server.others = [](time_point t) { return 0.45 + 0.15 * std::sin(since_start(t) / 3); };
  const auto result = run(server, 60000);
  const double left = (60000 - 5000) / (0.55 * 1000);  // beyond what the full bucket held
  REQUIRE(result.seconds < left / 0.9);
  REQUIRE(result.refused_share() < 0.02);
}

TEST_CASE("a limit that is halved and then raised is followed") {
  continuous_server server(60000, 5, start);
  virtual_run run(server, limits_spec(), 60000);
  run.watch = [&](const virtual_run& r) {
    const double t = since_start(r.now());
    server.rate = t < 10 ? 60000 : t < 20 ? 30000 : 120000;
  };
  const auto result = run.go();
  const double ideal = 20 + (60000 - 10000 - 5000) / 2000.0;
  REQUIRE(result.seconds < ideal / 0.95);
  REQUIRE(result.refused_share() < 0.01);
}

TEST_CASE("headers that are often missing do not matter") {
  class forgetful : public continuous_server {
   public:
    using continuous_server::continuous_server;
    virtual_answer ask(const virtual_request& request, time_point now) override {
      auto a = continuous_server::ask(request, now);
      if (++asked_ % 3 != 0) a.limits = rate_headers();
      return a;
    }

   private:
    unsigned asked_ = 0;
  };
  forgetful server(60000, 60, start);
  const auto result = run(server, 30000);
  REQUIRE(result.rate() > 0.98 * 1000);
  REQUIRE(result.refused_share() < 0.001);
}

TEST_CASE("a hidden rate is found and kept") {
  continuous_server server(12000, 1, start);
  server.silent = true;
  const auto result = run(server, 12000);
  REQUIRE(result.rate() > 0.9 * 200);
  REQUIRE(result.refused_share() < 0.02);
}

TEST_CASE("a limit per day does not hide one per minute that is not stated") {
  class daily : public continuous_server {
   public:
    using continuous_server::continuous_server;
    virtual_answer ask(const virtual_request& request, time_point now) override {
      auto a = continuous_server::ask(request, now);
      if (!a.refused) ++used_;
      limit_headers& day = a.limits.requests;
      day.limit = 14400;
      day.remaining = 14400 - used_;
      day.reset = in_seconds(6 * used_);
      return a;
    }

   private:
    double used_ = 0;
  };
  daily server(600, 5, start);
  server.silent = true;
  const auto result = run(server, 6000);
  REQUIRE(result.rate() > 0.9 * 10);
  REQUIRE(result.refused_share() < 0.05);
}

TEST_CASE("hidden windows of a minute are found too, and become an even rate") {
  class silent_windows : public window_server {
   public:
    using window_server::window_server;
    virtual_answer ask(const virtual_request& request, time_point now) override {
      auto a = window_server::ask(request, now);
      a.limits = rate_headers();
      a.wait.reset();
      return a;
    }
  };
  silent_windows server(6000, 60s, false, start);
  const auto result = run(server, 120000);  // twenty minutes
  REQUIRE(result.rate() > 0.9 * 100);
  REQUIRE(result.refused_share() < 0.02);
}

TEST_CASE("a hidden bound of requests at once is found and filled") {
  capped_server server(64);
  virtual_run run(server, limits_spec(), 20000);
  run.latency = [](unsigned, double random) { return in_seconds(-0.5 * std::log(1 - random)); };
  const auto result = run.go();
  REQUIRE(result.rate() > 0.9 * 64 / 0.5);
  REQUIRE(result.refused_share() < 0.02);
}

TEST_CASE("a server that only grows slower is asked as much at once as it can work on") {
  capped_server server(100000);
  virtual_run run(server, limits_spec(), 30000);
  // Forty at a time; the others queue.
  run.latency = [](unsigned busy, double random) {
    return in_seconds(0.1 * std::max(1.0, busy / 40.0) * (0.7 + 0.6 * random));
  };
  const auto result = run.go();
  REQUIRE(result.rate() > 0.9 * 40 / 0.1);
  REQUIRE(result.peak_in_flight <= 320);
}

TEST_CASE("tokens bind: the limit is used whole, whichever way they are counted") {
  const auto request_of = [](std::uint64_t row) {
    std::mt19937 random(static_cast<unsigned>(row));
    virtual_request r;
    r.prompt = 10 * std::exp(std::uniform_real_distribution<double>(0, std::log(800))(random));
    r.max_output = 4096;
    r.output = std::uniform_real_distribution<double>(100, 400)(random);
    return r;
  };
  const auto sum = [](const virtual_request& r) { return r.prompt + r.max_output; };
  const auto larger = [](const virtual_request& r) { return std::max(r.prompt, r.max_output); };
  const auto prompt = [](const virtual_request& r) { return r.prompt; };
  const auto used = [](const virtual_request& r) { return r.prompt + r.output; };
  struct counting {
    std::function<double(const virtual_request&)> taken, in_the_end;
  };
  for (const counting& c : {counting{sum, {}}, counting{larger, {}}, counting{sum, used},
                            counting{larger, used}, counting{prompt, used}}) {
    const std::uint64_t rows = 5000;
    continuous_server server(6000000, 60, start);
    server.of_tokens = true;
    server.charge = c.taken;
    server.settle = c.in_the_end;
    double cost = 0;
    for (std::uint64_t row = 0; row < rows; ++row) {
      cost += c.in_the_end ? c.in_the_end(request_of(row)) : c.taken(request_of(row));
    }
    virtual_run run(server, limits_spec(), rows);
    run.request = request_of;
    const auto result = run.go();
    REQUIRE(result.seconds < cost / 100000 / 0.95);
    REQUIRE(result.refused_share() < 0.005);
  }
}

TEST_CASE("a few refusals that no limit explains cost little of the rate") {
  class moody : public continuous_server {
   public:
    using continuous_server::continuous_server;
    virtual_answer ask(const virtual_request& request, time_point now) override {
      auto a = continuous_server::ask(request, now);
      a.refused = a.refused || std::uniform_real_distribution<double>()(dice_) < 0.005;
      return a;
    }

   private:
    std::mt19937 dice_{1};
  };
  moody stated(60000, 60, start);
  REQUIRE(run(stated, 30000).rate() > 0.7 * 1000);

  moody unlimited(6e7, 60, start);
  unlimited.silent = true;
  virtual_run free(unlimited, limits_spec(), 100000);
  REQUIRE(free.go().rate() > 0.7 * 1000 / 0.102);

  for (const double per_minute : {600.0, 6000.0, 60000.0}) {
    moody hidden(per_minute, 1, start);
    hidden.silent = true;
    const auto found = run(hidden, static_cast<std::uint64_t>(10 * per_minute));
    REQUIRE(found.rate() > 0.97 * per_minute / 60);
    REQUIRE(found.refused_share() < 0.04);
  }
}
