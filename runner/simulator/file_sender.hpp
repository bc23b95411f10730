// Sends what lies in files to a socket without it passing through the program's memory.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "batchmill/awaitable.hpp"
#include "runner/simulator/exchange.hpp"

namespace batchmill::simulator_detail {

using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, executor>;

/// False when the client left. Others get their turn in between. `socket` must outlive the
/// coroutine.
awaitable<bool> send_file(tcp_socket& socket, stored_range range);

}  // namespace batchmill::simulator_detail
