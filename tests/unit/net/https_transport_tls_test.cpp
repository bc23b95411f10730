// The transport over TLS: who is trusted, what is resumed, how it goes wrong.
#include <sys/socket.h>

#include "tests/support/catch.hpp"
#include "tests/support/net_fixture.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

certificate_request authority() {
  certificate_request r;
  r.name = "test authority";
  r.alternative = "";
  r.authority = true;
  return r;
}

struct tls_fixture : net_fixture {
  /// A server whose certificate our own authority has signed.
  scripted_server& serve(certificate_request wanted, bool tls13 = true) {
    wanted.issuer = &ca;
    id = make_identity(wanted);
    return serve(tls13);
  }

  scripted_server& serve(bool tls13) {
    server_setup setup;
    setup.tls = &id;
    setup.tls13 = tls13;
    server = std::make_unique<scripted_server>(
        io, [this](const received& r) { return answer(r); }, setup);
    return *server;
  }

  transport_options trusting() {
    transport_options options;
    options.base_url = server->url();
    options.ca_file = ca_file.path();
    return options;
  }

  identity ca = make_identity(authority());
  temporary_file ca_file{ca.pem()};
  identity id;
  scripted_server::script answer = [](const received&) { return reply(ok("secret")); };
  std::unique_ptr<scripted_server> server;
};

}  // namespace

TEST_CASE_METHOD(tls_fixture, "a trusted server is spoken to, over one kept connection") {
  const bool tls13 = GENERATE(true, false);
  serve(certificate_request(), tls13);
  connect(trusting());
  for (int i = 0; i < 3; ++i) {
    const auto result = send();
    REQUIRE(result.has_value());
    CHECK(result->body == "secret");
  }
  CHECK(server->connections() == 1);
  client.reset();
  server->stop();
  CHECK(idle());
}

TEST_CASE_METHOD(tls_fixture, "a host name is checked and asked for by name") {
  certificate_request named;
  named.alternative = "DNS:localhost";
  serve(named);
  auto options = trusting();
  options.base_url = "https://localhost:" + std::to_string(server->port());
  connect(options);
  CHECK(send().has_value());
}

TEST_CASE_METHOD(tls_fixture, "a certificate for another name is refused") {
  certificate_request other;
  other.alternative = GENERATE("DNS:localhost", "IP:127.0.0.2", "DNS:127.0.0.1");
  serve(other);
  connect(trusting());
  const auto error = fail();
  CHECK(error.code == net_errc::untrusted);
  CHECK_THAT(error.detail, ContainsSubstring("for another name"));
}

TEST_CASE_METHOD(tls_fixture, "an expired certificate is refused") {
  certificate_request old;
  old.valid_from = -7200;
  old.valid_until = -3600;
  serve(old);
  connect(trusting());
  const auto error = fail();
  CHECK(error.code == net_errc::untrusted);
  CHECK_THAT(error.detail, ContainsSubstring("has expired"));
}

TEST_CASE_METHOD(tls_fixture, "a certificate of tomorrow is refused") {
  certificate_request early;
  early.valid_from = 3600;
  early.valid_until = 7200;
  serve(early);
  connect(trusting());
  CHECK_THAT(fail().detail, ContainsSubstring("clock"));
}

TEST_CASE_METHOD(tls_fixture, "an unknown issuer is refused, and the way out is named") {
  serve(certificate_request());
  connect(server->url());
  const auto error = fail();
  CHECK(error.code == net_errc::untrusted);
  CHECK_THAT(error.detail, ContainsSubstring("api.ca_file"));
}

TEST_CASE_METHOD(tls_fixture, "a self-signed certificate is refused unless it is trusted itself") {
  certificate_request alone;
  alone.authority = true;
  id = make_identity(alone);
  serve(true);
  connect(trusting());
  const auto error = fail();
  CHECK(error.code == net_errc::untrusted);
  CHECK_THAT(error.detail, ContainsSubstring("self-signed"));
  CHECK_THAT(error.detail, ContainsSubstring("api.ca_file"));
  const temporary_file own(id.pem());
  auto options = trusting();
  options.ca_file = own.path();
  connect(options);
  CHECK(send().has_value());
}

TEST_CASE_METHOD(tls_fixture, "a second connection resumes the session of the first") {
  const bool tls13 = GENERATE(true, false);
  answer = [](const received&) { return closing(ok("once")); };
  serve(certificate_request(), tls13);
  connect(trusting());
  for (int i = 0; i < 3; ++i) REQUIRE(send().has_value());
  CHECK(server->connections() == 3);
  CHECK(server->resumed() == 2);
}

TEST_CASE_METHOD(tls_fixture, "10 MB go each way over TLS") {
  const std::string big(10'000'000, 'x');
  std::string arrived;
  answer = [&](const received& r) {
    arrived = r.body;
    return reply(ok(big));
  };
  serve(certificate_request());
  connect(trusting());
  const auto result = send(post(big));
  REQUIRE(result.has_value());
  CHECK(arrived == big);
  CHECK(result->body == big);
}

TEST_CASE_METHOD(tls_fixture, "200 requests at once shake hands a few at a time") {
  serve(certificate_request());
  auto options = trusting();
  options.max_handshakes = 3;
  connect(options);
  std::vector<std::shared_ptr<pending>> all;
  for (int i = 0; i < 200; ++i) all.push_back(begin(post()));
  for (const auto& one : all) REQUIRE(finish(one).has_value());
  client.reset();
  server->stop();
  CHECK(idle());
}

TEST_CASE_METHOD(tls_fixture, "a TLS connection closed while idle is replaced") {
  serve(certificate_request());
  connect(trusting());
  REQUIRE(send().has_value());
  server->close_connections();
  REQUIRE(send().has_value());
  CHECK(server->connections() == 2);
}

TEST_CASE_METHOD(tls_fixture, "an answer cut off without TLS's own end is lost") {
  answer = [](const received&) { return closing("HTTP/1.1 200 OK\r\n\r\nhalf of"); };
  serve(certificate_request());
  connect(trusting());
  CHECK(fail().code == net_errc::connection_lost);
}

TEST_CASE_METHOD(net_fixture, "a server that speaks no TLS is named so") {
  scripted_server server(io, [](const received&) { return reply(ok("")); });
  connect("https://127.0.0.1:" + std::to_string(server.port()));
  // The server waits for the end of a head that is none; it is the test's part to end the wait.
  const auto sent = begin(post());
  run_until([&] { return server.connections() == 1; });
  server.close_connections();
  const auto result = finish(sent);
  REQUIRE(result.has_error());
  CHECK(result.error().code == net_errc::tls_failed);
}

TEST_CASE_METHOD(net_fixture, "a handshake that stands still ends at the connect timeout") {
  scripted_server server(io, [](const received&) { return silence(); });
  transport_options options;
  options.base_url = "https://127.0.0.1:" + std::to_string(server.port());
  options.connect_timeout = 50ms;
  connect(options);
  const auto error = fail();
  CHECK(error.code == net_errc::connect_failed);
  CHECK_THAT(error.detail, ContainsSubstring("TLS handshake"));
}

TEST_CASE_METHOD(net_fixture, "a deadline ends a handshake, and the wait for one's turn") {
  scripted_server server(io, [](const received&) { return silence(); });
  transport_options options;
  options.base_url = "https://127.0.0.1:" + std::to_string(server.port());
  options.max_handshakes = 1;
  connect(options);
  const auto first = begin(post(), 100ms);
  const auto second = begin(post(), 100ms);
  for (const auto& one : {first, second}) {
    const auto result = finish(one);
    REQUIRE(result.has_error());
    CHECK(result.error().code == net_errc::connect_failed);
    CHECK_THAT(result.error().detail, ContainsSubstring("TLS handshake"));
  }
  server.stop();
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "cancel ends handshakes, and the wait for one's turn") {
  scripted_server server(io, [](const received&) { return silence(); });
  transport_options options;
  options.base_url = "https://127.0.0.1:" + std::to_string(server.port());
  options.max_handshakes = 1;
  connect(options);
  const auto first = begin(post());
  const auto second = begin(post());
  run_until([&] { return server.connections() == 2; });
  client->cancel();
  CHECK(finish(first).error().code == net_errc::stopped);
  CHECK(finish(second).error().code == net_errc::stopped);
  server.stop();
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture,
                 "a ca_file that is missing or holds no certificate is a usage error") {
  const temporary_file nonsense("no certificate");
  transport_options options;
  options.base_url = "https://127.0.0.1";
  options.ca_file = GENERATE(true, false) ? nonsense.path() : "/nonexistent.pem";
  CHECK_THROWS_WITH(connect(options), ContainsSubstring("api.ca_file"));
}
