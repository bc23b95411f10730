#include "runner/simulator/server.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "batchmill/error.hpp"
#include "runner/simulator/connection.hpp"
#include "runner/simulator/service.hpp"

namespace batchmill::simulator_detail {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr asio::as_tuple_t<asio::use_awaitable_t<executor>> as_result{};
constexpr int waiting_connections = 4'096;

using steady_timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, executor>;

// The io_context owns the coroutine: what still waits is destroyed with it. An exception here is a
// defect and must not pass unseen.
void start(asio::io_context& io, awaitable<void> task) {
  asio::co_spawn(io.get_executor(), std::move(task), [](std::exception_ptr e) {
    if (e) std::rethrow_exception(e);
  });
}

// The usual limit of 1024 descriptors is far below what the simulator is to serve.
void allow_many_connections() {
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return;
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
}

}  // namespace

server::server(service& s, const std::string& address, std::uint16_t port)
    : shared_(std::make_unique<shared_parts>(s)) {
  allow_many_connections();
  listen(address, port);
  start(io_, accept());
  start(io_, work());
}

server::~server() = default;

void server::listen(const std::string& address, std::uint16_t port) {
  boost::system::error_code ec;
  const tcp::endpoint endpoint(asio::ip::make_address(address, ec), port);
  if (!ec) acceptor_.open(endpoint.protocol(), ec);
  if (!ec) acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor_.bind(endpoint, ec);
  if (!ec) acceptor_.listen(waiting_connections, ec);
  if (ec)
    throw run_error(
        fmt::format("The simulator cannot listen on {}:{}: {}.", address, port, ec.message()));
  port_ = acceptor_.local_endpoint().port();
}

void server::run() {
  io_.run();
}

void server::stop() {
  io_.stop();
}

// In small steps, so that connections are served in between.
awaitable<void> server::work() {
  constexpr auto tick = std::chrono::milliseconds(20);
  steady_timer pause(io_.get_executor());
  for (;;) {
    const bool more = shared_->api.work(std::chrono::steady_clock::now());
    pause.expires_after(more ? duration::zero() : duration(tick));
    co_await pause.async_wait(as_result);
  }
}

awaitable<void> server::accept() {
  steady_timer pause(io_.get_executor());
  for (;;) {
    auto [ec, socket] = co_await acceptor_.async_accept(as_result);
    if (!ec) {
      start(io_, serve(std::move(socket), *shared_));
      continue;
    }
    // Out of descriptors, most likely: connections that end free some.
    pause.expires_after(std::chrono::milliseconds(20));
    co_await pause.async_wait(as_result);
  }
}

}  // namespace batchmill::simulator_detail
