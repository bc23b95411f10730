// Asio's types on the project's executor, and the tokens to wait with.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "batchmill/awaitable.hpp"
#include "batchmill/clock.hpp"

namespace batchmill {

using tcp = boost::asio::ip::tcp;
using tcp_socket = boost::asio::basic_stream_socket<tcp, executor>;
using net_timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, executor>;
using net_error = boost::system::error_code;

inline constexpr boost::asio::use_awaitable_t<executor> use_await;

/// Waits without throwing: the error comes out in `error`.
inline auto await_into(net_error& error) {
  return boost::asio::redirect_error(use_await, error);
}

/// Who is late more often than this was not stopped, but has too little of the processor, and would
/// never come to an end.
inline constexpr unsigned most_put_off = 3;

/// A timer that fires late tells that this process was stopped: what came meanwhile has not been
/// looked at, and gets a moment. `times` counts that.
inline bool put_off_if_late(net_timer& timer, unsigned& times) {
  constexpr auto moment = std::chrono::seconds(1);
  if (times == most_put_off) return false;
  if (std::chrono::steady_clock::now() - timer.expiry() < moment) return false;
  ++times;
  timer.expires_after(moment);
  return true;
}

}  // namespace batchmill
