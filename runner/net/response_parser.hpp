// Reads one HTTP/1.x response from bytes as they arrive. Pure: bytes in, http_response out.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "batchmill/error.hpp"
#include "batchmill/http.hpp"
#include "batchmill/transport.hpp"
#include "runner/net/inflater.hpp"

namespace batchmill {

/// Beast's event parser, collecting field lines and body without a node per field.
class response_events : public boost::beast::http::basic_parser<false> {
 public:
  response_events(http_response& response, std::size_t max_body, body_sink* sink);

  /// Why the body goes no further, when it is not HTTP that is wrong.
  const std::optional<transport_error>& refusal() const { return refusal_; }

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, string_view, string_view, int,
                       error_code&) override {}
  void on_response_impl(int code, string_view, int, error_code&) override;
  void on_field_impl(boost::beast::http::field, string_view name, string_view value,
                     error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& ec) override;
  std::size_t on_body_impl(string_view body, error_code& ec) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) override;
  void on_finish_impl(error_code&) override {}

  void refuse(net_errc code, const char* why, error_code& ec);

  http_response& response_;
  body_sink* sink_;       // null: the body goes into the response
  bool to_sink_ = false;  // it is a 2xx response
  bool in_head_ = true;   // trailers arrive by the same event and are dropped
  std::optional<transport_error> refusal_;
};

/// Most responses arrive with their whole head at once, and have nothing special in it: those are
/// read by hand, the others by the events.
class response_parser {
 public:
  /// `head_only`: the answer to a HEAD request. `sink`: gets the body of a 2xx response; may be
  /// null. Both it and `decoder` must outlive the parser.
  response_parser(inflater& decoder, std::size_t max_body, bool head_only,
                  body_sink* sink = nullptr);
  response_parser(const response_parser&) = delete;
  response_parser& operator=(const response_parser&) = delete;

  /// Takes the next bytes. An error is final.
  std::optional<transport_error> feed(std::string_view bytes);

  /// Where the next bytes of a long body can be put without a detour. Empty: they are to be fed.
  std::span<char> place();

  /// So many bytes were put to the beginning of that place.
  void took(std::size_t bytes) {
    *placed_ += bytes;
    to_come_ -= bytes;
  }

  /// The connection was closed: the end of some bodies, an error for the others.
  std::optional<transport_error> feed_end();

  bool done() const { return done_; }

  /// Has any byte arrived?
  bool begun() const { return begun_; }

  /// May the connection serve another request? Only meaningful when done.
  bool keep_alive() const { return keep_alive_; }

  http_response take() { return std::move(response_); }

 private:
  bool takes_plainly(std::string_view& bytes);
  std::optional<transport_error> feed_plain(std::string_view bytes);
  void make_room(std::size_t bytes);
  std::optional<transport_error> feed_events(std::string_view bytes);
  std::size_t parse(std::string_view bytes, std::optional<transport_error>& failure);
  std::optional<transport_error> finish(bool more_bytes);
  std::optional<transport_error> decode_body();
  transport_error too_large(std::string what) const;
  transport_error describe(const boost::beast::error_code& ec) const;
  void start();

  inflater& decoder_;
  std::size_t max_body_;
  bool head_only_;
  body_sink* sink_;
  bool begun_ = false;
  bool done_ = false;
  bool keep_alive_ = false;
  unsigned heralds_ = 0;
  bool coded_ = false;  // of a plain response: its body may be compressed
  http_response response_;
  bool plain_ = false;
  std::uint64_t to_come_ = 0;                // of a plain response, bytes of the body
  std::optional<std::size_t> placed_;        // bytes in a body that has room for more behind them
  std::unique_ptr<response_events> events_;  // of any other
  std::string leftover_;                     // bytes of a line whose end has not arrived
};

}  // namespace batchmill
