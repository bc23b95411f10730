#include "runner/net/ready_set.hpp"

#include <sys/socket.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <vector>

#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

/// A set, and sockets in it whose other ends the test holds.
class fixture {
 public:
  struct link {
    std::unique_ptr<ready_socket> near;
    std::unique_ptr<tcp_socket> far;
  };

  link connect() {
    tcp_socket near(io.get_executor());
    near.connect(listener_.local_endpoint());
    auto far = std::make_unique<tcp_socket>(io.get_executor());
    listener_.accept(*far);
    return {std::make_unique<ready_socket>(set, std::move(near)), std::move(far)};
  }

  void spawn(awaitable<void> task) {
    boost::asio::co_spawn(io, std::move(task), boost::asio::detached);
  }

  /// Until nothing is left to do: a wait that nothing ends would keep it.
  void run() {
    io.restart();
    io.run();
  }

  boost::asio::io_context io{1};
  ready_set set{io.get_executor()};

 private:
  using acceptor = boost::asio::basic_socket_acceptor<tcp, executor>;

  acceptor listener_{io.get_executor(), tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
};

constexpr auto to_read = io_status::wait_read;
constexpr auto to_write = io_status::wait_write;

void send_byte(tcp_socket& socket) {
  REQUIRE(::send(socket.native_handle(), "x", 1, MSG_NOSIGNAL) == 1);
}

bool read_byte(const ready_socket& socket) {
  char byte;
  return ::recv(socket.native_handle(), &byte, 1, 0) == 1;
}

awaitable<void> count_bytes(ready_socket& socket, int bytes, int& counted) {
  while (counted < bytes) {
    if (read_byte(socket)) {
      ++counted;
    } else if (!socket.became_ready(to_read)) {
      co_await socket.suspend(to_read);
    }
  }
}

awaitable<void> wait_once(ready_socket& socket, int& woken) {
  co_await socket.suspend(to_read);
  ++woken;
}

awaitable<void> wait_and_drop(std::vector<fixture::link>& links, std::size_t own, int& woken) {
  ready_socket& socket = *links[own].near;
  co_await socket.suspend(to_read);
  ++woken;
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (i != own) links[i].near.reset();
  }
}

}  // namespace

TEST_CASE("a coroutine that waits is woken by what comes") {
  fixture f;
  auto link = f.connect();
  int counted = 0;
  f.spawn(count_bytes(*link.near, 3, counted));
  for (int i = 0; i < 3; ++i) {
    f.io.poll();
    CHECK(counted == i);
    send_byte(*link.far);
    while (counted == i) f.io.run_one();
  }
  f.run();
  CHECK(counted == 3);
}

TEST_CASE("what came while nobody waited is remembered") {
  fixture f;
  auto idle = f.connect();
  auto busy = f.connect();
  int counted = 0;
  send_byte(*idle.far);
  send_byte(*busy.far);
  f.spawn(count_bytes(*busy.near, 2, counted));  // takes the news of both
  f.io.poll();
  send_byte(*busy.far);
  f.run();
  CHECK(idle.near->became_ready(to_read));
  CHECK_FALSE(idle.near->became_ready(to_read));
}

TEST_CASE("the end of a connection is told once and stays") {
  fixture f;
  auto link = f.connect();
  int woken = 0;
  link.far.reset();
  for (int i = 0; i < 2; ++i) {
    if (!link.near->became_ready(to_read)) f.spawn(wait_once(*link.near, woken));
    f.run();
  }
  CHECK(woken == 1);
  CHECK(link.near->became_ready(to_read));
}

TEST_CASE("a new socket may be written, and tells it") {
  fixture f;
  auto link = f.connect();
  int woken = 0;
  f.spawn([](ready_socket& socket, int& count) -> awaitable<void> {
    co_await socket.suspend(to_write);
    ++count;
  }(*link.near, woken));
  f.run();
  CHECK(woken == 1);
}

TEST_CASE("an interrupted wait ends, and keeps nobody at work") {
  fixture f;
  auto link = f.connect();
  int woken = 0;
  f.spawn(wait_once(*link.near, woken));
  f.io.poll();
  CHECK(woken == 0);
  link.near->interrupt();
  f.run();
  CHECK(woken == 1);
  link.near->interrupt();  // nobody waits
  f.run();
  CHECK(woken == 1);
}

TEST_CASE("a coroutine may close sockets whose news is being delivered") {
  fixture f;
  std::vector<fixture::link> links;
  for (int i = 0; i < 5; ++i) links.push_back(f.connect());
  int woken = 0;
  for (std::size_t i = 0; i < links.size(); ++i) f.spawn(wait_and_drop(links, i, woken));
  f.io.poll();
  for (const auto& link : links) send_byte(*link.far);
  f.run();
  CHECK(woken == 1);
}
