#include "tests/support/scripted_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <set>

#include "batchmill/http.hpp"
#include "runner/net/asio.hpp"

namespace batchmill::testing {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

reply closing(std::string bytes) {
  reply r(std::move(bytes));
  r.close_after = true;
  return r;
}

reply resetting(std::string bytes) {
  reply r(std::move(bytes));
  r.reset_after = true;
  return r;
}

reply in_pieces(std::string bytes, std::size_t piece) {
  reply r(std::move(bytes));
  r.piece = piece;
  return r;
}

reply silence() {
  reply r;
  r.silent_after = true;
  return r;
}

std::string ok(const std::string& body, const std::string& fields) {
  return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

namespace {

using acceptor = asio::basic_socket_acceptor<tcp, executor>;

std::size_t content_length(const std::string& head) {
  http_response fields;
  fields.head = head.substr(head.find("\r\n") + 2);
  const std::string value(fields.header("content-length"));
  return value.empty() ? 0 : std::stoul(value);
}

}  // namespace

struct scripted_server::impl {
  impl(asio::io_context& i, script s, const server_setup& setup)
      : io(i),
        answer(std::move(s)),
        options(setup),
        listener(i.get_executor(), tcp::endpoint(asio::ip::make_address(setup.address), 0)) {
    if (!options.tls) return;
    SSL_CTX* native = context.native_handle();
    SSL_CTX_use_certificate(native, options.tls->certificate.get());
    SSL_CTX_use_PrivateKey(native, options.tls->key.get());
    if (!options.tls13) SSL_CTX_set_max_proto_version(native, TLS1_2_VERSION);
  }

  // A spawned coroutine begins later, when the server's owner may have gone: it holds a share.
  static awaitable<void> accept(std::shared_ptr<impl> self) {
    for (;;) {
      net_error error;
      tcp_socket socket = co_await self->listener.async_accept(await_into(error));
      if (error) co_return;
      ++self->accepted;
      asio::co_spawn(self->io.get_executor(), serve(self, std::move(socket), self->accepted),
                     asio::detached);
    }
  }

  static awaitable<void> serve(std::shared_ptr<impl> self, tcp_socket socket, int number) {
    self->open.insert(&socket);
    try {
      if (self->options.tls)
        co_await self->serve_tls(socket, number);
      else
        co_await self->converse(socket, socket, number);
    } catch (const boost::system::system_error&) {
      // The client went away, or the test is over.
    }
    self->open.erase(&socket);
  }

  awaitable<void> serve_tls(tcp_socket& socket, int number) {
    ssl::stream<tcp_socket&> stream(socket, context);
    co_await stream.async_handshake(ssl::stream_base::server, use_await);
    resumed += SSL_session_reused(stream.native_handle());
    co_await converse(stream, socket, number);
  }

  template <class Stream>
  awaitable<void> converse(Stream& stream, tcp_socket& socket, int number) {
    std::string input;
    for (int count = 1;; ++count) {
      const auto end = co_await asio::async_read_until(stream, asio::dynamic_buffer(input),
                                                       "\r\n\r\n", use_await);
      received r;
      r.head = input.substr(0, end);
      r.connection = number;
      r.request = count;
      const std::size_t whole = end + (options.impatient ? 0 : content_length(r.head));
      while (input.size() < whole) {
        char bytes[65536];
        const auto n = co_await stream.async_read_some(asio::buffer(bytes), use_await);
        input.append(bytes, n);
      }
      r.body = input.substr(end, whole - end);
      input.erase(0, whole);
      const reply what = answer(r);
      co_await write(stream, what);
      if (what.reset_after) socket.set_option(asio::socket_base::linger(true, 0));
      if (what.reset_after || what.close_after) socket.close();
      if (what.silent_after) co_await socket.async_wait(tcp_socket::wait_error, use_await);
      if (options.tunnel && r.head.rfind("CONNECT ", 0) == 0) co_await tunnel(socket, r.head);
    }
  }

  template <class Stream>
  awaitable<void> write(Stream& stream, const reply& what) {
    const std::size_t piece = what.piece ? what.piece : what.bytes.size();
    for (std::size_t at = 0; at < what.bytes.size(); at += piece) {
      const std::string part = what.bytes.substr(at, piece);
      co_await asio::async_write(stream, asio::buffer(part), use_await);
    }
  }

  awaitable<void> tunnel(tcp_socket& client, const std::string& head) {
    const auto colon = head.find(':');
    const auto port = static_cast<std::uint16_t>(std::stoul(head.substr(colon + 1)));
    tcp_socket server(io.get_executor());
    const tcp::endpoint target(asio::ip::address_v4::loopback(), port);
    co_await server.async_connect(target, use_await);
    using namespace asio::experimental::awaitable_operators;
    awaitable<void> both_ways = pump(client, server) && pump(server, client);
    co_await std::move(both_ways);
  }

  awaitable<void> pump(tcp_socket& from, tcp_socket& to) {
    net_error error;
    while (!error) {
      char bytes[16384];
      const auto n = co_await from.async_read_some(asio::buffer(bytes), await_into(error));
      if (!error) co_await asio::async_write(to, asio::buffer(bytes, n), await_into(error));
    }
    to.close();
  }

  void close_connections() {
    for (tcp_socket* socket : open) {
      net_error ignored;
      socket->shutdown(tcp_socket::shutdown_both, ignored);
      socket->close(ignored);
    }
  }

  asio::io_context& io;
  script answer;
  server_setup options;
  acceptor listener;
  ssl::context context{ssl::context::tls_server};
  std::set<tcp_socket*> open;
  int accepted = 0;
  int resumed = 0;
};

scripted_server::scripted_server(asio::io_context& io, script answer, const server_setup& setup)
    : impl_(std::make_shared<impl>(io, std::move(answer), setup)) {
  asio::co_spawn(io.get_executor(), impl::accept(impl_), asio::detached);
}

scripted_server::~scripted_server() {
  stop();
}

std::uint16_t scripted_server::port() const {
  return impl_->listener.local_endpoint().port();
}

std::string scripted_server::url() const {
  const std::string& a = impl_->options.address;
  const std::string host = a.find(':') == std::string::npos ? a : "[" + a + "]";
  return (impl_->options.tls ? "https://" : "http://") + host + ":" + std::to_string(port());
}

int scripted_server::connections() const {
  return impl_->accepted;
}

int scripted_server::resumed() const {
  return impl_->resumed;
}

int scripted_server::connected() const {
  return static_cast<int>(impl_->open.size());
}

void scripted_server::refuse() {
  net_error ignored;
  impl_->listener.close(ignored);
}

void scripted_server::close_connections() {
  impl_->close_connections();
}

void scripted_server::stop() {
  refuse();
  impl_->close_connections();
}

}  // namespace batchmill::testing
