#include "runner/net/response_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <utility>

#include "runner/net/plain_head.hpp"

namespace batchmill {

namespace http = boost::beast::http;
using detail::equal_ignoring_case;

namespace {

constexpr std::size_t max_head = 64 * 1024;
constexpr unsigned most_heralds = 100;
// What a Content-Length may make us reserve before the bytes are here.
constexpr std::size_t max_reserve = 1024 * 1024;
// Of a long body so much is received at a time.
constexpr std::size_t place_size = 128 * 1024;

/// As one writes it in a spec.
std::string amount_of(std::size_t bytes) {
  if (bytes % 1'000'000 == 0) return fmt::format("{}MB", bytes / 1'000'000);
  return bytes % 1000 == 0 ? fmt::format("{}kB", bytes / 1000) : fmt::format("{} bytes", bytes);
}

}  // namespace

response_events::response_events(http_response& response, std::size_t max_body, body_sink* sink)
    : response_(response), sink_(sink) {
  body_limit(max_body);
  header_limit(max_head);
}

void response_events::on_response_impl(int code, string_view, int, error_code&) {
  response_.status = code;
  to_sink_ = sink_ && code / 100 == 2;
  if (to_sink_) body_limit(boost::none);
}

void response_events::on_field_impl(http::field, string_view name, string_view value,
                                    error_code& ec) {
  if (!in_head_) return;
  auto& head = response_.head;
  if (head.size() + name.size() + value.size() + 4 > max_head) {
    ec = http::error::header_limit;
    return;
  }
  if (head.empty()) head.reserve(1024);
  head.append(name.data(), name.size()).append(": ");
  head.append(value.data(), value.size()).append("\r\n");
}

void response_events::on_header_impl(error_code& ec) {
  in_head_ = false;
  if (!to_sink_) return;
  const std::string_view coding = response_.header("content-encoding");
  if (!coding.empty() && !equal_ignoring_case(coding, "identity")) {
    return refuse(net_errc::bad_response, "the response has a coding nobody asked for", ec);
  }
  if (!sink_->begin(response_)) refuse(net_errc::sink_closed, "the answer is not wanted", ec);
}

void response_events::refuse(net_errc code, const char* why, error_code& ec) {
  refusal_.emplace(code, why);
  ec = http::error::unexpected_body;  // any will do: `refusal_` says more
}

void response_events::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
  if (length && !to_sink_) response_.body.reserve(std::min<std::size_t>(*length, max_reserve));
}

std::size_t response_events::on_body_impl(string_view body, error_code& ec) {
  if (!to_sink_) {
    response_.body.append(body.data(), body.size());
  } else if (!sink_->write({body.data(), body.size()})) {
    refuse(net_errc::sink_closed, "no more of the answer is wanted", ec);
  }
  return body.size();
}

std::size_t response_events::on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) {
  return on_body_impl(body, ec);
}

response_parser::response_parser(inflater& decoder, std::size_t max_body, bool head_only,
                                 body_sink* sink)
    : decoder_(decoder), max_body_(max_body), head_only_(head_only), sink_(sink) {}

void response_parser::start() {
  response_ = http_response();
  events_ = std::make_unique<response_events>(response_, max_body_, sink_);
  events_->skip(head_only_);
}

std::optional<transport_error> response_parser::feed(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  if (!std::exchange(begun_, true) && !takes_plainly(bytes)) start();
  return plain_ ? feed_plain(bytes) : feed_events(bytes);
}

/// Takes the head off `bytes`, if it is a plain one.
bool response_parser::takes_plainly(std::string_view& bytes) {
  if (head_only_ || sink_) return false;
  const auto head = read_plain_head(bytes);
  if (!head || head->length > max_body_) return false;
  response_.status = head->status;
  response_.head = head->fields;
  response_.body.reserve(std::min<std::size_t>(head->length, max_reserve));
  coded_ = head->coded;
  plain_ = true;
  to_come_ = head->length;
  bytes.remove_prefix(head->size);
  return true;
}

void response_parser::make_room(std::size_t bytes) {
  std::string& body = response_.body;
  if (body.capacity() - body.size() >= bytes) return;
  // What has come vouches for more: a large body is moved a few times only.
  const std::size_t come = body.size() + bytes;
  body.reserve(std::min<std::size_t>(body.size() + to_come_, 16 * come));
}

/// Its end is fed, and with it whatever follows the body.
std::span<char> response_parser::place() {
  std::string& body = response_.body;
  if (done_ || !plain_ || to_come_ <= place_size) return {};
  if (!placed_) placed_ = body.size();
  if (*placed_ == body.size()) {
    make_room(place_size);
    body.resize(*placed_ + place_size);
  }
  return {body.data() + *placed_, body.size() - *placed_};
}

std::optional<transport_error> response_parser::feed_plain(std::string_view bytes) {
  const std::string_view mine = bytes.substr(0, to_come_);
  std::string& body = response_.body;
  if (placed_) body.resize(*std::exchange(placed_, std::nullopt));
  make_room(mine.size());
  body.append(mine);
  to_come_ -= mine.size();
  if (to_come_ > 0) return std::nullopt;
  done_ = true;
  keep_alive_ = mine.size() == bytes.size();
  return coded_ ? decode_body() : std::nullopt;
}

std::optional<transport_error> response_parser::feed_events(std::string_view bytes) {
  std::string joined;
  if (!leftover_.empty()) {
    joined = std::move(leftover_);
    leftover_.clear();
    joined += bytes;
    bytes = joined;
  }
  std::optional<transport_error> failure;
  while (!bytes.empty() && !done_ && !failure) {
    const std::size_t used = parse(bytes, failure);
    bytes.remove_prefix(used);
    if (failure) return failure;
    if (events_->is_done())
      failure = finish(!bytes.empty());
    else if (used == 0)
      break;
  }
  if (failure || done_) return failure;
  leftover_ = bytes;
  if (leftover_.size() > max_head) return describe(http::error::header_limit);
  return std::nullopt;
}

std::size_t response_parser::parse(std::string_view bytes,
                                   std::optional<transport_error>& failure) {
  boost::beast::error_code ec;
  const std::size_t used = events_->put({bytes.data(), bytes.size()}, ec);
  if (ec && ec != http::error::need_more) failure = describe(ec);
  return used;
}

std::optional<transport_error> response_parser::feed_end() {
  if (!begun_)
    return transport_error(net_errc::connection_lost,
                           "the server closed the connection unanswered");
  boost::beast::error_code ec = http::error::partial_message;
  if (!plain_ && leftover_.empty() && events_->got_some()) events_->put_eof(ec);
  if (ec) return describe(ec);
  return finish(false);
}

std::optional<transport_error> response_parser::finish(bool more_bytes) {
  if (response_.status < 100)  // 0 would mean that there was no answer
    return transport_error(net_errc::bad_response, "the response's status is none of HTTP");
  if (response_.status == 101)
    return transport_error(net_errc::bad_response, "the server switched to another protocol");
  if (response_.status / 100 == 1) {  // a herald; the answer follows
    if (++heralds_ > most_heralds)
      return transport_error(net_errc::bad_response, "the server announces answers without end");
    start();
    return std::nullopt;
  }
  done_ = true;
  // Bytes behind the answer belong to nothing we asked: the connection is out of step.
  keep_alive_ = events_->keep_alive() && !more_bytes;
  return decode_body();
}

std::optional<transport_error> response_parser::decode_body() {
  const std::string_view coding = response_.header("content-encoding");
  if (coding.empty() || response_.body.empty() || equal_ignoring_case(coding, "identity"))
    return std::nullopt;
  if (!equal_ignoring_case(coding, "gzip") && !equal_ignoring_case(coding, "x-gzip") &&
      !equal_ignoring_case(coding, "deflate"))
    return transport_error(net_errc::bad_response, "the response has a coding nobody asked for");
  std::string decoded;
  const inflate_result result = decoder_.decode(response_.body, max_body_, decoded);
  response_.body = std::move(decoded);
  if (result == inflate_result::too_large) return describe(http::error::body_limit);
  if (result == inflate_result::corrupt)
    return transport_error(net_errc::bad_response, "the compressed body is damaged");
  return std::nullopt;
}

/// What succeeded was executed and paid, and would be as large the next time. Anything else may be
/// some gateway's, and pass.
transport_error response_parser::too_large(std::string what) const {
  if (response_.status / 100 == 2) return {net_errc::response_too_large, std::move(what)};
  return {net_errc::bad_response, fmt::format("status {}, and {}", response_.status, what)};
}

transport_error response_parser::describe(const boost::beast::error_code& ec) const {
  if (events_) {
    if (const auto& refusal = events_->refusal()) return *refusal;
  }
  if (ec == http::error::body_limit)
    return too_large(
        fmt::format("the answer is larger than {}; raise api.max_response and run again with "
                    "--retry-failed",
                    amount_of(max_body_)));
  if (ec == http::error::header_limit)
    return too_large(fmt::format("the answer's head is larger than {} bytes", max_head));
  if (ec == http::error::partial_message)
    return {net_errc::connection_lost, "the connection was closed in the middle of the response"};
  return {net_errc::bad_response, "the response is not valid HTTP/1.1: " + ec.message()};
}

}  // namespace batchmill
