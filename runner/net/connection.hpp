// One connection to the server, plain or TLS. Never blocks and owns no buffer while it waits.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runner/net/asio.hpp"
#include "runner/net/connection_pool.hpp"
#include "runner/net/io_status.hpp"
#include "runner/net/ready_set.hpp"
#include "runner/net/tls.hpp"

namespace batchmill {

class connection : public pooled {
 public:
  /// `socket` is connected; `set` outlives the connection.
  connection(ready_set& set, tcp_socket socket);
  ~connection() override;

  /// From now on everything goes through TLS; the handshake is the caller's.
  tls_stream& secure(tls_context& context) {
    return tls_.emplace(context.open(socket_.native_handle()));
  }

  io_status read(char* data, std::size_t size, std::size_t& got);

  /// Sends what follows the first `sent` bytes of `head` and `body`, and adds to `sent`.
  io_status write(std::string_view head, std::string_view body, std::size_t& sent);

  bool closed_by_peer() const override;

  /// Is there anything to read, or the end?
  bool has_input() const;

  /// Has the other machine not confirmed all that was sent (by us, not by TLS itself)?
  bool has_unconfirmed() const;

  /// Was it ended with a reset, as systems do when the peer closes without having read all?
  bool was_reset() const;

  /// To wait after an operation that could not go on; interrupt() wakes who does.
  ready_socket& socket() { return socket_; }
  void interrupt() { socket_.interrupt(); }

 private:
  ssize_t peek() const;
  io_status write_plain(std::string_view head, std::string_view body, std::size_t& sent);
  io_status write_tls(std::string_view head, std::string_view body, std::size_t& sent);

  ready_socket socket_;
  std::optional<tls_stream> tls_;
};

}  // namespace batchmill
