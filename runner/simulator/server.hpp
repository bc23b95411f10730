// HTTP/1.1 around the service: one thread, one io_context, a coroutine per connection.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "batchmill/awaitable.hpp"

namespace batchmill::simulator_detail {

class service;
struct shared_parts;

class server {
 public:
  /// Listens at once; throws run_error when it cannot. `s` must outlive the server.
  server(service& s, const std::string& address, std::uint16_t port);
  ~server();

  /// Serves until `stop`.
  void run();

  /// From any thread.
  void stop();

  std::uint16_t port() const { return port_; }

 private:
  using acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, executor>;

  awaitable<void> accept();
  awaitable<void> work();
  void listen(const std::string& address, std::uint16_t port);

  // Outlives the io_context, whose destruction ends the connections that use it.
  std::unique_ptr<shared_parts> shared_;
  boost::asio::io_context io_{1};
  acceptor acceptor_{io_};
  std::uint16_t port_ = 0;
};

}  // namespace batchmill::simulator_detail
