#include "runner/simulator/connection.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <chrono>
#include <ctime>
#include <optional>
#include <utility>

#include "runner/simulator/api_error.hpp"
#include "runner/simulator/event_stream.hpp"
#include "runner/simulator/request_body.hpp"
#include "runner/simulator/service.hpp"

namespace batchmill::simulator_detail {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr asio::as_tuple_t<asio::use_awaitable_t<executor>> as_result{};
constexpr std::size_t inbox_size = 128 * 1024;
constexpr std::uint32_t largest_head = 64 * 1024;
constexpr std::uint64_t most_discarded = 4 * largest_body;

using request_parser = http::request_parser<request_body>;
using steady_timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, executor>;

std::string_view view(boost::beast::string_view s) {
  return {s.data(), s.size()};
}

std::string_view reason(int status) {
  const auto text = http::obsolete_reason(static_cast<http::status>(status));
  return {text.data(), text.size()};
}

sim_request to_request(const http::request<request_body>& message) {
  sim_request request;
  request.method = view(message.method_string());
  request.target = view(message.target());
  request.body = message.body().text;
  request.spool = message.body().spool.get();
  request.headers.reserve(12);
  for (const auto& field : message)
    request.headers.push_back({view(field.name_string()), view(field.value())});
  return request;
}

const auto disk_full = make_error_code(boost::system::errc::no_space_on_device);

// Can the client be told?
bool is_refused(error_code ec) {
  return ec == disk_full || ec.category() == make_error_code(http::error::bad_method).category();
}

// A request that HTTP itself refuses; the service never sees it.
sim_answer refuse(int status, std::string message) {
  sim_answer answer;
  answer.status = status;
  answer.headers = "content-type: application/json\r\n";
  answer.body = to_json({status, std::move(message)});
  return answer;
}

sim_answer refuse(error_code ec) {
  if (ec == http::error::body_limit)
    return refuse(413,
                  "The request is larger than 64 MB, or 512 MB where files are uploaded, "
                  "which is all that is accepted here.");
  if (ec == disk_full) return refuse(507, "The simulator cannot write the upload to its disk.");
  if (ec == http::error::header_limit) return refuse(431, "The request's headers are too large.");
  return refuse(400, "The request is not valid HTTP: " + ec.message() + ".");
}

// One chunk for every event.
void append_chunks(std::string& wire, std::string_view body) {
  while (!body.empty()) {
    const auto end = body.find(event_end);
    const auto size = end == std::string_view::npos ? body.size() : end + event_end.size();
    fmt::format_to(std::back_inserter(wire), "{:x}\r\n{}\r\n", size, body.substr(0, size));
    body.remove_prefix(size);
  }
}

// How much of the body goes out.
std::uint64_t part_of(std::uint64_t size, delivery how) {
  return how == delivery::truncated ? size / 2 : size;
}

// The head and, unless it lies on disk, the body.
std::string to_wire(const sim_answer& answer, std::string_view date, bool keep) {
  std::string wire;
  wire.reserve(answer.headers.size() + answer.body.size() + 192);
  const auto size = answer.stored ? answer.stored->size : answer.body.size();
  const auto length = answer.chunked ? std::string("transfer-encoding: chunked\r\n")
                                     : fmt::format("content-length: {}\r\n", size);
  fmt::format_to(std::back_inserter(wire), "HTTP/1.1 {} {}\r\n{}{}{}{}\r\n", answer.status,
                 reason(answer.status), date, length, keep ? "" : "connection: close\r\n",
                 answer.headers);
  const auto body =
      std::string_view(answer.body).substr(0, part_of(answer.body.size(), answer.how));
  if (!answer.chunked) return wire.append(body);
  append_chunks(wire, body);
  return answer.how == delivery::truncated ? wire : wire.append("0\r\n\r\n");
}

class connection {
 public:
  connection(tcp_socket socket, shared_parts& shared)
      : socket_(std::move(socket)), shared_(shared) {}

  awaitable<void> run() {
    error_code ec;
    socket_.non_blocking(true, ec);
    socket_.set_option(asio::ip::tcp::no_delay(true), ec);
    bool more = !ec;
    while (more) more = co_await exchange();
  }

 private:
  // One request and its answer. False when the connection ends with it.
  awaitable<bool> exchange() {
    parser_.emplace();
    parser_->header_limit(largest_head);
    parser_->body_limit(largest_file_body);  // the body itself knows better
    parser_->eager(true);
    const auto ec = co_await read();
    if (ec && !is_refused(ec)) co_return false;
    if (ec) co_return co_await reject(ec);
    const bool keep = parser_->keep_alive();
    auto answer = shared_.api.handle(to_request(parser_->get()), std::chrono::steady_clock::now());
    parser_.reset();
    co_return co_await deliver(std::move(answer), keep);
  }

  // Fills the parser with one whole request.
  awaitable<error_code> read() {
    error_code ec;
    bool continued = false;
    feed(take_leftover(), ec);
    while (!ec && !parser_->is_done()) {
      if (parser_->is_header_done() && !std::exchange(continued, true)) {
        if (is_too_long()) co_return make_error_code(http::error::body_limit);
        const bool sent = co_await send_continue();
        if (!sent) co_return make_error_code(asio::error::eof);
      }
      ec = co_await receive();
    }
    co_return ec;
  }

  // The announced length alone says so: nothing of it need come.
  bool is_too_long() const {
    const auto& head = parser_->get();
    const auto most = brings_file(view(head.method_string()), view(head.target()))
                          ? largest_file_body
                          : largest_body;
    return parser_->content_length().value_or(0) > most;
  }

  std::string take_leftover() { return std::exchange(leftover_, {}); }

  awaitable<error_code> receive() {
    error_code ec;
    auto size = socket_.read_some(asio::buffer(shared_.inbox), ec);
    while (ec == asio::error::would_block) {
      auto [failed] = co_await socket_.async_wait(tcp_socket::wait_read, as_result);
      if (failed) co_return failed;
      size = socket_.read_some(asio::buffer(shared_.inbox), ec);
    }
    if (ec) co_return ec;
    const std::string_view bytes(shared_.inbox.data(), size);
    if (leftover_.empty()) {
      feed(bytes, ec);
    } else {
      leftover_ += bytes;
      feed(take_leftover(), ec);
    }
    co_return ec;
  }

  // What the parser does not take yet waits in `leftover_`.
  void feed(std::string_view bytes, error_code& ec) {
    while (!bytes.empty() && !parser_->is_done()) {
      const auto taken = parser_->put(asio::buffer(bytes.data(), bytes.size()), ec);
      bytes.remove_prefix(taken);
      if (ec == http::error::need_more) {
        ec = {};
        if (taken == 0) break;
      }
      if (ec) return;
    }
    leftover_.assign(bytes);
  }

  // A client that asks before it sends its body is told to go on.
  awaitable<bool> send_continue() {
    const auto expect = parser_->get()[http::field::expect];
    if (!boost::beast::iequals(expect, "100-continue")) co_return true;
    co_return co_await write("HTTP/1.1 100 Continue\r\n\r\n");
  }

  awaitable<bool> deliver(sim_answer answer, bool keep) {
    auto wire = to_wire(answer, shared_.date(), keep);
    if (answer.delay > duration::zero()) {
      answer.body = {};
      co_await wait(answer.delay);
    }
    // Before it is written: a client that has the answer may send its next request at once.
    shared_.api.leave(answer.leaving, std::chrono::steady_clock::now());
    if (answer.how == delivery::drop) co_return false;
    if (answer.how == delivery::reset) {
      error_code ec;
      socket_.set_option(asio::socket_base::linger(true, 0), ec);
      socket_.close(ec);  // the destructor would close gently
      co_return false;
    }
    const bool sent = co_await hand_over(std::move(wire), std::move(answer));
    co_return sent&& keep;
  }

  // True when the whole answer is out.
  awaitable<bool> hand_over(std::string wire, sim_answer answer) {
    bool sent = co_await write(wire);
    if (sent && answer.stored) {
      auto range = *answer.stored;
      range.size = part_of(range.size, answer.how);
      sent = co_await send_file(socket_, std::move(range));
    }
    co_return sent&& answer.how == delivery::whole;
  }

  // Says why and reads on for a while: closing with unread bytes would reset the connection and
  // could take the answer with it.
  awaitable<bool> reject(error_code reason_of) {
    const bool sent = co_await write(to_wire(refuse(reason_of), shared_.date(), false));
    if (!sent) co_return false;
    error_code ec;
    socket_.shutdown(tcp_socket::shutdown_send, ec);
    std::uint64_t discarded = 0;
    while (!ec && discarded < most_discarded) {
      discarded += socket_.read_some(asio::buffer(shared_.inbox), ec);
      if (ec != asio::error::would_block) continue;
      auto [failed] = co_await socket_.async_wait(tcp_socket::wait_read, as_result);
      ec = failed;
    }
    co_return false;
  }

  awaitable<void> wait(duration d) {
    steady_timer timer(socket_.get_executor(), d);
    co_await timer.async_wait(as_result);
  }

  // Most answers fit into the socket at once and cost no suspension.
  awaitable<bool> write(std::string_view bytes) {
    error_code ec;
    bytes.remove_prefix(socket_.write_some(asio::buffer(bytes.data(), bytes.size()), ec));
    if (!ec && bytes.empty()) co_return true;
    if (ec && ec != asio::error::would_block) co_return false;
    auto [failed, sent] =
        co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), as_result);
    co_return !failed;
  }

  tcp_socket socket_;
  shared_parts& shared_;
  std::optional<request_parser> parser_;
  std::string leftover_;  // bytes that arrived but were not parsed yet
};

}  // namespace

shared_parts::shared_parts(service& s) : api(s), inbox(inbox_size) {}

const std::string& shared_parts::date() {
  const auto now = std::time(nullptr);
  if (now == second_) return date_;
  second_ = now;
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[64];
  date_.assign(text,
               std::strftime(text, sizeof text, "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts));
  return date_;
}

awaitable<void> serve(tcp_socket socket, shared_parts& shared) {
  connection c(std::move(socket), shared);
  co_await c.run();
}

}  // namespace batchmill::simulator_detail
