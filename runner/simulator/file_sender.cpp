#include "runner/simulator/file_sender.hpp"

#include <sys/sendfile.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

namespace batchmill::simulator_detail {

namespace asio = boost::asio;

namespace {

constexpr asio::as_tuple_t<asio::use_awaitable_t<executor>> as_result{};
constexpr std::uint64_t largest_step = 512 * 1024;

// Sends what the socket takes at once. Negative when the client left.
std::int64_t send_step(tcp_socket& socket, const stored_range& range) {
  const auto piece = range.content.rest_of_piece(range.begin);
  const auto size = std::min({piece.size, range.size, largest_step});
  auto offset = static_cast<off_t>(piece.begin);
  const auto sent = sendfile(socket.native_handle(), piece.file->descriptor(), &offset,
                             static_cast<std::size_t>(size));
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  return sent == 0 ? -1 : sent;
}

}  // namespace

awaitable<bool> send_file(tcp_socket& socket, stored_range range) {
  while (range.size > 0) {
    auto [failed] = co_await socket.async_wait(tcp_socket::wait_write, as_result);
    if (failed) co_return false;
    const auto sent = send_step(socket, range);
    if (sent < 0) co_return false;
    range.begin += static_cast<std::uint64_t>(sent);
    range.size -= static_cast<std::uint64_t>(sent);
  }
  co_return true;
}

}  // namespace batchmill::simulator_detail
