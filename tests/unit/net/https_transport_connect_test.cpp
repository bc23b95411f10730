// The transport's ways to the server: addresses, names, proxies.
#include "tests/support/catch.hpp"
#include "tests/support/deaf_port.hpp"
#include "tests/support/net_fixture.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

std::uint16_t free_port(boost::asio::io_context& io) {
  return scripted_server(io, [](const received&) { return reply(""); }).port();
}

server_setup on(const char* address) {
  server_setup setup;
  setup.address = address;
  return setup;
}

reply greet(const received&) {
  return ok("hello");
}

transport_options through(const std::string& proxy, const std::string& server) {
  transport_options options;
  options.base_url = server;
  options.proxy = proxy;
  return options;
}

}  // namespace

TEST_CASE_METHOD(net_fixture, "a port where nobody listens refuses") {
  connect("http://127.0.0.1:" + std::to_string(free_port(io)));
  const auto error = fail();
  CHECK(error.code == net_errc::connect_failed);
  CHECK_THAT(error.detail, ContainsSubstring("connect to 127.0.0.1:"));
  CHECK_THAT(error.detail, ContainsSubstring("refused"));
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "an address that does not answer ends at the connect timeout") {
  const deaf_port deaf;
  transport_options options;
  options.base_url = "http://127.0.0.1:" + std::to_string(deaf.port());
  options.connect_timeout = 50ms;
  connect(options);
  const auto error = fail();
  CHECK(error.code == net_errc::connect_failed);
  CHECK_THAT(error.detail, ContainsSubstring("timed out after"));
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "the deadline holds while connecting, and nothing was sent then") {
  const deaf_port deaf;
  connect("http://127.0.0.1:" + std::to_string(deaf.port()));
  const auto error = fail(post(), 50ms);
  CHECK(error.code == net_errc::connect_failed);
  CHECK_THAT(error.detail, ContainsSubstring("connect to"));
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "cancel holds while connecting") {
  const deaf_port deaf;
  connect("http://127.0.0.1:" + std::to_string(deaf.port()));
  const auto sent = begin(post());
  io.poll();
  client->cancel();
  CHECK(finish(sent).error().code == net_errc::stopped);
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "a name is looked up") {
  scripted_server server(io, greet);
  connect("http://localhost:" + std::to_string(server.port()));
  CHECK(send().has_value());
  server.close_connections();
  CHECK(send().has_value());
  server.stop();
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "an IPv6 address is spoken to in brackets") {
  received seen;
  scripted_server server(
      io,
      [&](const received& r) {
        seen = r;
        return reply(ok(""));
      },
      on("::1"));
  connect(server.url());
  CHECK(send().has_value());
  CHECK_THAT(seen.head, ContainsSubstring("Host: [::1]:" + std::to_string(server.port())));
}

TEST_CASE_METHOD(net_fixture, "a name without address is named") {
  connect("http://no-such-host.invalid");
  const auto error = fail();
  CHECK(error.code == net_errc::resolve_failed);
  CHECK_THAT(error.detail, ContainsSubstring("no-such-host.invalid"));
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "cancel holds during a lookup") {
  connect("http://localhost:" + std::to_string(free_port(io)));
  const auto first = begin(post());
  const auto second = begin(post());
  run_until([started = 0]() mutable { return ++started > 2; });
  client->cancel();
  CHECK(finish(first).has_error());
  CHECK(finish(second).has_error());
  client.reset();
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "an http proxy is asked with whole addresses") {
  received seen;
  scripted_server proxy(io, [&](const received& r) {
    seen = r;
    return reply(ok("by proxy"));
  });
  connect(
      through("http://me:pw@127.0.0.1:" + std::to_string(proxy.port()), "http://example.com/v1"));
  const auto result = send();
  REQUIRE(result.has_value());
  CHECK(result->body == "by proxy");
  CHECK_THAT(seen.head, ContainsSubstring("POST http://example.com/v1/chat/completions HTTP/1.1"));
  CHECK_THAT(seen.head, ContainsSubstring("Proxy-Authorization: Basic bWU6cHc="));
  REQUIRE(send().has_value());
  CHECK(proxy.connections() == 1);
}

namespace {

struct tunnel_fixture : net_fixture {
  tunnel_fixture() {
    server_setup setup;
    setup.tls = &id;
    server = std::make_unique<scripted_server>(io, greet, setup);
    setup.tls = nullptr;
    setup.tunnel = true;
    proxy = std::make_unique<scripted_server>(
        io,
        [this](const received& r) {
          asked = r.head;
          return proxy_answer;
        },
        setup);
  }

  transport_options options() {
    auto o = through("http://me:pw@127.0.0.1:" + std::to_string(proxy->port()), server->url());
    o.ca_file = ca_file.path();
    return o;
  }

  identity id = make_identity(self_signed());
  temporary_file ca_file{id.pem()};
  std::unique_ptr<scripted_server> server;
  std::unique_ptr<scripted_server> proxy;
  reply proxy_answer = "HTTP/1.1 200 Connection established\r\n\r\n";
  std::string asked;

 private:
  static certificate_request self_signed() {
    certificate_request r;
    r.authority = true;
    return r;
  }
};

}  // namespace

TEST_CASE_METHOD(tunnel_fixture, "https goes through a tunnel, which is kept") {
  connect(options());
  for (int i = 0; i < 3; ++i) REQUIRE(send().has_value());
  CHECK(proxy->connections() == 1);
  CHECK_THAT(asked, ContainsSubstring("CONNECT 127.0.0.1:" + std::to_string(server->port()) +
                                      " HTTP/1.1"));
  CHECK_THAT(asked, ContainsSubstring("Proxy-Authorization: Basic bWU6cHc="));
  CHECK(asked.find("Bearer") == std::string::npos);
  client.reset();
  proxy->stop();
  server->stop();
  CHECK(idle());
}

TEST_CASE_METHOD(tunnel_fixture, "a proxy that refuses is quoted with its status") {
  proxy_answer =
      closing("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 6\r\n\r\ndenied");
  connect(options());
  const auto error = fail();
  CHECK(error.code == net_errc::proxy_refused);
  CHECK_THAT(error.detail, ContainsSubstring("407"));
  CHECK(error.detail.find("pw") == std::string::npos);
}

TEST_CASE_METHOD(tunnel_fixture, "a proxy that hangs up or talks nonsense is an error") {
  proxy_answer = closing(GENERATE("", "nonsense\r\n\r\n"));
  connect(options());
  const auto error = fail();
  CHECK(error.code == net_errc::proxy_refused);  // the server was not asked anything
  CHECK_THAT(error.detail, ContainsSubstring("proxy"));
}

TEST_CASE_METHOD(tunnel_fixture, "a silent proxy ends at the connect timeout or the deadline") {
  proxy_answer = silence();
  auto o = options();
  o.connect_timeout = 50ms;
  connect(o);
  CHECK(fail().code == net_errc::connect_failed);
  connect(options());
  const auto error = fail(post(), 50ms);
  CHECK(error.code == net_errc::connect_failed);
  CHECK_THAT(error.detail, ContainsSubstring("tunnel"));
}

TEST_CASE_METHOD(net_fixture, "a proxy that is none is a usage error without its password") {
  const char* proxy = GENERATE("socks5://u:secret@p", "https://u:secret@p", "http://u:secret@");
  try {
    connect(through(proxy, "https://api.openai.com"));
    FAIL("accepted");
  } catch (const usage_error& error) {
    CHECK_THAT(error.what(), ContainsSubstring("api.proxy"));
    CHECK(std::string(error.what()).find("secret") == std::string::npos);
  }
}
