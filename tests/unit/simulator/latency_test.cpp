#include "runner/simulator/latency.hpp"

#include <algorithm>
#include <vector>

#include "batchmill/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::simulator_detail;
using namespace std::chrono_literals;

TEST_CASE("a latency is a duration, or a median and a sigma") {
  CHECK(parse_simulated_latency("300ms").median == 300ms);
  CHECK(parse_simulated_latency("300ms").sigma == 0);
  CHECK(parse_simulated_latency("1.5s , 0.5").median == 1500ms);
  CHECK(parse_simulated_latency("1.5s,0.5").sigma == 0.5);
  CHECK(parse_simulated_latency("0s").median == 0s);
  for (const auto* text : {"", "fast", "300ms,", "300ms,x", "300ms,-1", "300ms,6", ",0.5", "-1s",
                           "300ms,0.5,1", "300ms,nan"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_simulated_latency(text), usage_error);
  }
}

TEST_CASE("without sigma every answer takes the median") {
  CHECK(sample_latency({250ms, 0}, 1) == 250ms);
  CHECK(sample_latency({250ms, 0}, 2) == 250ms);
  CHECK(sample_latency({0ms, 1}, 2) == 0ms);
}

TEST_CASE("with sigma the latencies are lognormal and repeat with their seed") {
  const simulated_latency latency{300ms, 0.5};
  CHECK(sample_latency(latency, 7) == sample_latency(latency, 7));
  std::vector<double> seconds;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed)
    seconds.push_back(std::chrono::duration<double>(sample_latency(latency, seed)).count());
  std::sort(seconds.begin(), seconds.end());
  const auto quantile = [&](double q) { return seconds[static_cast<std::size_t>(q * 20'000)]; };
  CHECK(std::abs(quantile(0.5) - 0.3) < 0.01);
  CHECK(std::abs(quantile(0.8413) - 0.3 * std::exp(0.5)) < 0.02);   // one sigma above
  CHECK(std::abs(quantile(0.1587) - 0.3 * std::exp(-0.5)) < 0.01);  // one below
}

TEST_CASE("an extreme sigma stays finite") {
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    const auto d = sample_latency({1h, 5}, seed);
    CHECK((d >= 0s && d <= 24h));
  }
}

TEST_CASE("the repetition of a request that was hit by a fault takes another time") {
  simulation_options options;
  options.latency = {300ms, 0.5};
  options.faults = parse_simulated_faults("500=100%");
  testing::simulated_api api(options);
  const auto first = api.chat(testing::chat_body("hi")).raw.delay;
  CHECK(api.chat(testing::chat_body("hi")).raw.delay != first);
}

TEST_CASE("a request may ask for its own latency") {
  simulation_options options;
  options.latency = {300ms, 0.5};
  testing::simulated_api api(options);
  const auto slow =
      testing::chat_body("hi", R"("store":true,"metadata":{"simulate_latency":"120s"})");
  CHECK(api.chat(slow).raw.delay == 120s);
  const auto senseless =
      testing::chat_body("hi", R"("store":true,"metadata":{"simulate_latency":"later"})");
  CHECK(api.chat(senseless).raw.delay < 10s);
}
