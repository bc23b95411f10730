#include "runner/net/exchange.hpp"

#include "runner/net/key_guard.hpp"

namespace batchmill {
namespace {

// What a large transfer may move before others have a turn.
constexpr std::uint64_t most_at_once = 1024 * 1024;

bool is_wait(io_status status) {
  return status == io_status::wait_read || status == io_status::wait_write ||
         status == io_status::again;
}

}  // namespace

exchange::exchange(exchange_tools& tools, const http_request& request, body_sink* sink)
    : tools_(tools),
      request_(request),
      parser_(tools.decoder, tools.max_response, request.method == "HEAD", sink) {
  if (!request.uploads.empty()) files_ = std::make_unique<streamed_body>(request);
}

exchange::~exchange() {
  if (!head_.empty()) wipe(head_);
}

io_status exchange::start(connection& c, std::string_view head) {
  const io_status status = send(c, head);
  if (sending_) head_ = head;
  return status;
}

io_status exchange::step(connection& c) {
  return sending_ ? send(c, head_) : receive(c);
}

io_status exchange::send(connection& c, std::string_view head) {
  const io_status status = files_ ? stream(c, head) : c.write(head, request_.body, sent_);
  if (is_wait(status)) return status;
  if (failure_ || parser_.done()) return io_status::done;
  sending_ = false;
  if (status == io_status::done) return io_status::wait_read;
  // A server that refuses a request early (413, 401) may close before it has read all of it. Its
  // answer can still be here.
  broken_ = true;
  return receive(c);
}

// OpenSSL wants the same bytes again after it had to wait: they are read again from the same place.
io_status exchange::stream(connection& c, std::string_view head) {
  const std::uint64_t stop = sent_ + most_at_once;
  io_status status = io_status::done;
  if (sent_ < head.size()) status = c.write(head, {}, sent_);
  while (status == io_status::done && sent_ < head.size() + files_->size()) {
    if (sent_ >= stop) return io_status::again;
    const auto piece = files_->bytes_at(sent_ - head.size(), tools_.buffer);
    if (!piece) return fail(piece.error());
    std::size_t taken = 0;
    status = c.write({}, *piece, taken);
    sent_ += taken;
    if (status == io_status::done) status = look_for_answer(c);
    if (parser_.done() || failure_) return io_status::done;
  }
  return status;
}

// A server that refuses a large request says so before it has read all of it, and may then wait for
// us to stop.
io_status exchange::look_for_answer(connection& c) {
  std::size_t got = 0;
  const io_status status = c.read(tools_.buffer.data(), tools_.buffer.size(), got);
  received_ += got;
  if (status == io_status::closed) return io_status::failed;
  if (status != io_status::done) return status == io_status::failed ? status : io_status::done;
  if (auto wrong = parser_.feed({tools_.buffer.data(), got})) fail(std::move(wrong));
  return io_status::done;
}

bool exchange::answered_early(connection& c) {
  if (!sending_ || failure_) return false;
  look_for_answer(c);
  return parser_.done() && !failure_;
}

io_status exchange::receive(connection& c) {
  auto& buffer = tools_.buffer;
  const std::uint64_t stop = received_ + most_at_once;
  while (!parser_.done()) {
    std::size_t got = 0;
    const std::span<char> place = parser_.place();
    const std::span<char> space = place.empty() ? std::span<char>(buffer) : place;
    const io_status status = c.read(space.data(), space.size(), got);
    closed_ = status == io_status::closed;
    if (closed_) return fail(parser_.feed_end());
    if (status == io_status::failed || (broken_ && status != io_status::done))
      return fail(transport_error(net_errc::connection_lost, "the server reset the connection"));
    if (status != io_status::done) return status;
    received_ += got;
    if (!place.empty()) {
      parser_.took(got);
    } else if (auto wrong = parser_.feed({buffer.data(), got})) {
      return fail(std::move(wrong));
    }
    if (received_ >= stop && !parser_.done()) return io_status::again;
  }
  return io_status::done;
}

io_status exchange::fail(std::optional<transport_error> why) {
  failure_ = std::move(why);
  return io_status::done;
}

}  // namespace batchmill
