#include "runner/net/name_lookup.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "tests/support/catch.hpp"
#include "tests/support/run_coroutine.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

/// A name server that says what the test says, when it says it.
class scripted_resolver final : public resolver {
 public:
  void resolve(const std::string&, std::uint16_t, receiver take) override {
    ++asked;
    waiting = std::move(take);
  }

  void answer(std::vector<std::string> addresses) {
    found_addresses found;
    for (const auto& a : addresses)
      found.endpoints.emplace_back(boost::asio::ip::make_address(a), 443);
    if (addresses.empty()) found.failure = "Name or service not known";
    std::exchange(waiting, nullptr)(std::move(found));
  }

  int asked = 0;
  receiver waiting;
};

struct lookup_fixture {
  ~lookup_fixture() { CHECK(testing::runs_dry(io)); }

  name_lookup& make(duration lifetime, duration patience = 10s) {
    auto source = std::make_unique<scripted_resolver>();
    names = source.get();
    lookup.emplace(io.get_executor(), std::move(source), "api.example", 443,
                   name_lookup::terms{lifetime, patience});
    return *lookup;
  }

  /// Begins to ask; what comes is in `got`.
  void ask() {
    got.reset();
    boost::asio::co_spawn(io.get_executor(), take(), boost::asio::detached);
    turn();
  }

  void turn() {
    io.restart();
    io.poll();
  }

  awaitable<void> take() {
    auto found = co_await lookup->addresses(under_way);
    got = std::move(found);
  }

  std::string first() const { return got->front().address().to_string(); }

  boost::asio::io_context io{1};
  opening under_way;
  std::optional<name_lookup> lookup;
  scripted_resolver* names = nullptr;
  std::optional<std::vector<tcp::endpoint>> got;
};

}  // namespace

TEST_CASE_METHOD(lookup_fixture, "all who wait for an address ask once") {
  make(1h);
  ask();
  ask();
  CHECK_FALSE(got);
  names->answer({"10.0.0.1"});
  turn();
  REQUIRE(got);
  CHECK(first() == "10.0.0.1");
  ask();
  CHECK(names->asked == 1);
  CHECK(first() == "10.0.0.1");
}

TEST_CASE_METHOD(lookup_fixture, "a name without address says so, and is asked for again") {
  make(1h);
  ask();
  names->answer({});
  turn();
  REQUIRE(got);
  CHECK(got->empty());
  CHECK(lookup->failure() == "the host name api.example has no address: Name or service not known");
  ask();
  names->answer({"10.0.0.1"});
  turn();
  CHECK(first() == "10.0.0.1");
}

TEST_CASE_METHOD(lookup_fixture, "old addresses serve while new ones are looked up") {
  make(0s);
  ask();
  names->answer({"10.0.0.1"});
  turn();
  ask();
  REQUIRE(got);
  CHECK(first() == "10.0.0.1");
  CHECK(names->asked == 2);
  names->answer({"10.0.0.2"});
  ask();
  CHECK(first() == "10.0.0.2");
}

TEST_CASE_METHOD(lookup_fixture, "addresses that nobody answers at are looked up anew at once") {
  make(1h);
  ask();
  names->answer({"10.0.0.1"});
  turn();
  lookup->doubt();
  ask();
  CHECK_FALSE(got);
  names->answer({"10.0.0.2"});
  turn();
  REQUIRE(got);
  CHECK(first() == "10.0.0.2");
  ask();
  CHECK(names->asked == 2);
}

TEST_CASE_METHOD(lookup_fixture, "doubtful addresses are better than none") {
  make(1h);
  ask();
  names->answer({"10.0.0.1"});
  turn();
  lookup->doubt();
  ask();
  names->answer({});
  turn();
  REQUIRE(got);
  CHECK(first() == "10.0.0.1");
}

TEST_CASE_METHOD(lookup_fixture, "a name server that is silent is not waited for without end") {
  make(1h, 5ms);
  ask();
  io.restart();
  io.run();
  REQUIRE(got);
  CHECK(got->empty());
  CHECK(lookup->failure() == "looking up the host name api.example took longer than 5ms");
  CHECK(names->asked == 1);
  names->answer({"10.0.0.1"});
  ask();
  CHECK(first() == "10.0.0.1");
}

TEST_CASE_METHOD(lookup_fixture, "a lookup can be stopped from outside") {
  make(1h);
  ask();
  under_way.stop();
  turn();
  REQUIRE(got);
  CHECK(got->empty());
}

TEST_CASE_METHOD(lookup_fixture, "an address is no name") {
  auto source = std::make_unique<scripted_resolver>();
  names = source.get();
  lookup.emplace(io.get_executor(), std::move(source), "::1", 443, name_lookup::terms{1h, 1s});
  ask();
  CHECK(first() == "::1");
  CHECK(names->asked == 0);
}

TEST_CASE("the system's resolver finds this machine, and is not waited for when it is gone") {
  boost::asio::io_context io(1);
  found_addresses found;
  bool taken = false;
  auto names = make_system_resolver(io.get_executor());
  const auto take = [&](found_addresses f) {
    found = std::move(f);
    taken = true;
  };
  names->resolve("localhost", 80, take);
  const auto work = boost::asio::make_work_guard(io);
  while (!taken) io.run_one();
  REQUIRE_FALSE(found.endpoints.empty());
  CHECK(found.endpoints.front().address().is_loopback());
  CHECK(found.endpoints.front().port() == 80);
  names->resolve("localhost", 80, take);
  names.reset();
}
