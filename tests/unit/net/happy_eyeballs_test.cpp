#include "runner/net/happy_eyeballs.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/deaf_port.hpp"
#include "tests/support/run_coroutine.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

using acceptor = boost::asio::basic_socket_acceptor<tcp, executor>;

struct race_fixture {
  static tcp::endpoint at(const char* address, std::uint16_t port) {
    return {boost::asio::ip::make_address(address), port};
  }

  std::shared_ptr<happy_eyeballs> start(std::vector<tcp::endpoint> addresses, duration timeout) {
    auto race = std::make_shared<happy_eyeballs>(io.get_executor(), std::move(addresses), timeout);
    boost::asio::co_spawn(io.get_executor(), race->run(under_way), boost::asio::detached);
    return race;
  }

  /// Runs the race to its end, which has to leave no work behind.
  std::shared_ptr<happy_eyeballs> run(std::vector<tcp::endpoint> addresses, duration timeout = 5s) {
    auto race = start(std::move(addresses), timeout);
    REQUIRE(runs_dry(io));
    return race;
  }

  boost::asio::io_context io{1};
  opening under_way;
  acceptor listener{io.get_executor(), at("127.0.0.1", 0)};
  std::uint16_t port = listener.local_endpoint().port();
};

}  // namespace

TEST_CASE_METHOD(race_fixture, "the one address that listens wins, whichever place it has") {
  std::vector<tcp::endpoint> addresses = {at("::1", port), at("127.0.0.2", port),
                                          at("127.0.0.1", port), at("127.0.0.3", port)};
  std::rotate(addresses.begin(), addresses.begin() + GENERATE(0, 1, 2, 3), addresses.end());
  const auto socket = run(addresses)->winner();
  REQUIRE(socket.has_value());
  CHECK(socket->remote_endpoint() == at("127.0.0.1", port));
}

TEST_CASE_METHOD(race_fixture, "a silent address is overtaken by the next") {
  const deaf_port deaf;
  const auto socket = run({at("127.0.0.1", deaf.port()), at("127.0.0.1", port)})->winner();
  REQUIRE(socket.has_value());
  CHECK(socket->remote_endpoint().port() == port);
}

TEST_CASE_METHOD(race_fixture, "a silent address is given up at its timeout, alone") {
  const deaf_port deaf;
  const auto race = run({at("127.0.0.1", deaf.port()), at("127.0.0.2", port)}, 20ms);
  CHECK_FALSE(race->winner().has_value());
  CHECK_THAT(race->failure(), ContainsSubstring("timed out after"));
  CHECK_THAT(race->failure(), ContainsSubstring("connect to 127.0.0.2:"));
}

TEST_CASE_METHOD(race_fixture, "when no address listens each is named") {
  const auto race = run({at("127.0.0.2", port), at("127.0.0.3", port)});
  CHECK_FALSE(race->winner().has_value());
  CHECK_THAT(race->failure(), ContainsSubstring("connect to 127.0.0.2:"));
  CHECK_THAT(race->failure(), ContainsSubstring("; connect to 127.0.0.3:"));
}

TEST_CASE_METHOD(race_fixture, "a race can be stopped from outside") {
  const deaf_port deaf;
  const auto race = start({at("127.0.0.1", deaf.port())}, 5s);
  io.poll();
  under_way.stop();
  CHECK(runs_dry(io));
  CHECK_FALSE(race->winner().has_value());
}
