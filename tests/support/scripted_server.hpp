// An HTTP server for tests of the client: it answers exactly the bytes a test says, on loopback,
// on the test's own io_context, plain or TLS.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tests/support/certificates.hpp"

namespace batchmill::testing {

/// One request as it arrived.
struct received {
  received() = default;

  std::string head;    // request line and fields, up to and with the empty line
  std::string body;    // by Content-Length
  int connection = 0;  // from 1
  int request = 0;     // on this connection, from 1
};

/// What the server does then.
struct reply {
  reply() = default;
  reply(std::string b) : bytes(std::move(b)) {}
  reply(const char* b) : bytes(b) {}

  std::string bytes;
  std::size_t piece = 0;      // bytes sent at a time; 0: all at once
  bool close_after = false;   // in good order
  bool reset_after = false;   // with RST
  bool silent_after = false;  // reads no more and says no more
};

reply closing(std::string bytes);
reply resetting(std::string bytes);
reply in_pieces(std::string bytes, std::size_t piece);
reply silence();

/// "HTTP/1.1 200 OK" with a Content-Length and `fields` (lines ended by CRLF).
std::string ok(const std::string& body, const std::string& fields = "");

struct server_setup {
  server_setup() = default;

  std::string address = "127.0.0.1";
  const identity* tls = nullptr;  // must outlive the server
  bool tls13 = true;
  bool impatient = false;  // answers when the head is there, without reading the body
  bool tunnel = false;     // after a 2xx answer to CONNECT, bytes go to the host named there
};

class scripted_server {
 public:
  using script = std::function<reply(const received&)>;

  scripted_server(boost::asio::io_context& io, script answer, const server_setup& setup = {});
  ~scripted_server();

  std::uint16_t port() const;
  std::string url() const;  // "http://127.0.0.1:41235"

  int connections() const;  // accepted so far; of TLS those with a handshake begun
  int resumed() const;      // TLS sessions resumed

  int connected() const;  // of these, those that stand open

  /// No further connections; those there are stay.
  void refuse();

  /// Closes what stands open, as a server that restarts.
  void close_connections();

  /// No further connections, and none left.
  void stop();

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace batchmill::testing
