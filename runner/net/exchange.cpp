#include "runner/net/exchange.hpp"

namespace batchmill {

exchange::exchange(exchange_tools& tools, const http_request& request)
    : tools_(tools),
      request_(request),
      parser_(tools.decoder, tools.max_response, request.method == "HEAD") {}

io_status exchange::start(connection& c, std::string_view head) {
  const io_status status = send(c, head);
  if (sending_) head_ = head;
  return status;
}

io_status exchange::step(connection& c) {
  return sending_ ? send(c, head_) : receive(c);
}

io_status exchange::send(connection& c, std::string_view head) {
  const io_status status = c.write(head, request_.body, sent_);
  if (status == io_status::wait_read || status == io_status::wait_write) return status;
  sending_ = false;
  if (status == io_status::done) return io_status::wait_read;
  // A server that refuses a request early (413, 401) may close before it has read all of it. Its
  // answer can still be here.
  broken_ = true;
  return receive(c);
}

io_status exchange::receive(connection& c) {
  auto& buffer = tools_.buffer;
  while (!parser_.done()) {
    std::size_t got = 0;
    const io_status status = c.read(buffer.data(), buffer.size(), got);
    if (status == io_status::closed) return fail(parser_.feed_end());
    if (status == io_status::failed || (broken_ && status != io_status::done))
      return fail(transport_error(net_errc::connection_lost, "the server reset the connection"));
    if (status != io_status::done) return status;
    if (auto wrong = parser_.feed({buffer.data(), got})) return fail(std::move(wrong));
  }
  return io_status::done;
}

io_status exchange::fail(std::optional<transport_error> why) {
  failure_ = std::move(why);
  return io_status::done;
}

}  // namespace batchmill
