// The transport against a real socket: plain HTTP.
#include "runner/net/https_transport.hpp"

#include <boost/asio/detached.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/compress.hpp"
#include "tests/support/net_fixture.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

reply greet(const received&) {
  return ok("hello");
}

}  // namespace

TEST_CASE_METHOD(net_fixture, "a request goes out whole and its answer comes back") {
  received seen;
  scripted_server server(io, [&](const received& r) {
    seen = r;
    return reply(ok("{\"a\":1}", "x-request-id: req_1\r\n"));
  });
  transport_options options;
  options.base_url = server.url() + "/v1";
  options.authorization = "Bearer sk-test";
  options.headers = {{"X-Team", "search"}};
  connect(options);
  http_request request = post("{\"q\":2}");
  request.headers = "X-Row: 7\r\n";
  const auto result = send(request);
  REQUIRE(result.has_value());
  CHECK(result->status == 200);
  CHECK(result->body == "{\"a\":1}");
  CHECK(result->header("X-Request-Id") == "req_1");
  CHECK(seen.body == "{\"q\":2}");
  CHECK_THAT(seen.head, ContainsSubstring("POST /v1/chat/completions HTTP/1.1\r\n"));
  CHECK_THAT(seen.head, ContainsSubstring("Authorization: Bearer sk-test\r\n"));
  CHECK_THAT(seen.head, ContainsSubstring("X-Team: search\r\n"));
  CHECK_THAT(seen.head, ContainsSubstring("X-Row: 7\r\n"));
  server.stop();
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "requests in turn share one connection") {
  scripted_server server(io, greet);
  connect(server.url());
  for (int i = 0; i < 5; ++i) REQUIRE(send().has_value());
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(net_fixture, "an idle connection keeps no work in the io_context") {
  scripted_server server(io, greet);
  connect(server.url());
  REQUIRE(send().has_value());
  server.stop();
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "200 requests at once have 200 connections, used again afterwards") {
  scripted_server server(io, greet);
  connect(server.url());
  for (int round = 0; round < 2; ++round) {
    std::vector<std::shared_ptr<pending>> all;
    for (int i = 0; i < 200; ++i) all.push_back(begin(post()));
    for (const auto& one : all) REQUIRE(finish(one).has_value());
  }
  CHECK(server.connections() == 200);
  server.stop();
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "the server's wish to close the connection is followed") {
  const char* answer =
      GENERATE("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
               "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
               "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi, and more");
  scripted_server server(io, [&](const received&) { return reply(answer); });
  connect(server.url());
  REQUIRE(send().has_value());
  REQUIRE(send().has_value());
  CHECK(server.connections() == 2);
}

TEST_CASE_METHOD(net_fixture, "a body without length ends with the connection") {
  scripted_server server(
      io, [](const received&) { return closing("HTTP/1.1 200 OK\r\n\r\nall of it"); });
  connect(server.url());
  const auto result = send();
  REQUIRE(result.has_value());
  CHECK(result->body == "all of it");
}

TEST_CASE_METHOD(net_fixture,
                 "a connection closed while idle is replaced within the same attempt") {
  scripted_server server(io, greet);
  connect(server.url());
  REQUIRE(send().has_value());
  server.close_connections();
  REQUIRE(send().has_value());
  CHECK(server.connections() == 2);
}

TEST_CASE_METHOD(net_fixture, "a request that arrived before the connection was closed is lost") {
  scripted_server server(
      io, [&](const received& r) { return r.request == 2 ? closing("") : reply(ok("hello")); });
  connect(server.url());
  REQUIRE(send().has_value());
  const auto error = fail();  // it may have been executed
  CHECK(error.code == net_errc::connection_lost);
  CHECK_THAT(error.detail, ContainsSubstring("unanswered"));
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(net_fixture, "a reused connection reset on arrival of the request is replaced") {
  scripted_server server(io, [&](const received& r) {
    return r.connection == 1 && r.request == 2 ? resetting("") : reply(ok("hello"));
  });
  connect(server.url());
  REQUIRE(send().has_value());
  REQUIRE(send().has_value());
  CHECK(server.connections() == 2);
}

TEST_CASE_METHOD(net_fixture, "a connection opened ahead serves the next request") {
  scripted_server server(io, greet);
  connect(server.url());
  bool reached = false;
  const auto reach = [&]() -> awaitable<void> {
    const auto failure = co_await client->reach(std::chrono::steady_clock::now() + 10s);
    reached = !failure;
  };
  boost::asio::co_spawn(io.get_executor(), reach(), boost::asio::detached);
  run_until([&] { return reached; });
  CHECK(send().has_value());
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(net_fixture, "where nobody listens no connection can be opened ahead") {
  std::optional<transport_error> failure;
  {
    scripted_server server(io, greet);
    connect(server.url());
    server.stop();
  }
  const auto reach = [&]() -> awaitable<void> {
    failure = co_await client->reach(std::chrono::steady_clock::now() + 10s);
  };
  boost::asio::co_spawn(io.get_executor(), reach(), boost::asio::detached);
  run_until([&] { return failure.has_value(); });
  CHECK(failure->code == net_errc::connect_failed);
}

TEST_CASE_METHOD(net_fixture, "a server that takes no more connections gets idle ones back") {
  scripted_server server(io, greet);
  connect(server.url());
  const auto first = begin(post());
  const auto second = begin(post());
  REQUIRE(finish(first).has_value());
  REQUIRE(finish(second).has_value());
  REQUIRE(server.connected() == 2);
  server.refuse();
  std::optional<transport_error> failure;
  const auto reach = [&]() -> awaitable<void> {
    failure = co_await client->reach(std::chrono::steady_clock::now() + 10s);
  };
  boost::asio::co_spawn(io.get_executor(), reach(), boost::asio::detached);
  run_until([&] { return failure.has_value() && server.connected() < 2; });
  CHECK(failure->code == net_errc::connect_failed);
  CHECK(server.connected() == 1);
  CHECK(send().has_value());  // by the other one
}

TEST_CASE_METHOD(net_fixture, "a new connection closed unanswered is an error, not a loop") {
  const bool reset = GENERATE(false, true);
  scripted_server server(io, [&](const received&) { return reset ? resetting("") : closing(""); });
  connect(server.url());
  CHECK(fail().code == net_errc::connection_lost);
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(net_fixture, "a reused connection closed within the answer is an error") {
  scripted_server server(io, [](const received& r) {
    return r.request == 1 ? reply(ok("hello"))
                          : closing("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhe");
  });
  connect(server.url());
  REQUIRE(send().has_value());
  CHECK(fail().code == net_errc::connection_lost);
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(net_fixture, "chunks that arrive byte by byte become one body") {
  scripted_server server(io, [](const received&) {
    return in_pieces(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;x=y\r\nhello\r\n7\r\n, world\r\n0\r\nTrailer: 1\r\n\r\n",
        1);
  });
  connect(server.url());
  const auto result = send();
  REQUIRE(result.has_value());
  CHECK(result->body == "hello, world");
  CHECK(result->header("trailer").empty());
  REQUIRE(send().has_value());
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(net_fixture, "10 MB go each way") {
  const std::string big(10'000'000, 'x');
  std::string arrived;
  scripted_server server(io, [&](const received& r) {
    arrived = r.body;
    return reply(ok(big));
  });
  connect(server.url());
  const auto result = send(post(big));
  REQUIRE(result.has_value());
  CHECK(arrived == big);
  CHECK(result->body == big);
  server.stop();
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "what is no HTTP is a bad response") {
  scripted_server server(io, [](const received&) { return reply("SSH-2.0-OpenSSH_9.2\r\n\r\n"); });
  connect(server.url());
  CHECK(fail().code == net_errc::bad_response);
}

TEST_CASE_METHOD(net_fixture, "a response over the bound is refused") {
  scripted_server server(io, [](const received&) { return reply(ok(std::string(2000, 'x'))); });
  transport_options options;
  options.base_url = server.url();
  options.max_response = 1999;
  connect(options);
  CHECK(fail().code == net_errc::response_too_large);
  options.max_response = 2000;
  connect(options);
  CHECK(send().has_value());
}

TEST_CASE_METHOD(net_fixture, "a redirect is a response like any other") {
  scripted_server server(io, [](const received&) {
    return reply("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
  });
  connect(server.url());
  const auto result = send();
  REQUIRE(result.has_value());
  CHECK(result->status == 302);
  CHECK(result->header("location") == "/x");
}

TEST_CASE_METHOD(net_fixture, "an answer that begins but does not end is timed out") {
  const std::string begun = GENERATE("", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhe");
  scripted_server server(io, [&](const received&) {
    reply r(begun);
    r.silent_after = true;
    return r;
  });
  connect(server.url());
  const auto error = fail(post(), 50ms);
  CHECK(error.code == net_errc::timed_out);
  CHECK_THAT(error.detail, ContainsSubstring("answer"));
  CHECK(server.connections() == 1);
  server.stop();
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "a request that the server does not read is timed out") {
  server_setup setup;
  setup.impatient = true;
  scripted_server server(
      io, [](const received&) { return silence(); }, setup);
  connect(server.url());
  const auto error = fail(post(std::string(30'000'000, 'x')), 200ms);
  CHECK(error.code == net_errc::timed_out);
  CHECK_THAT(error.detail, ContainsSubstring("sent"));
}

TEST_CASE_METHOD(net_fixture, "a deadline in the past ends the attempt") {
  scripted_server server(io, [](const received&) { return silence(); });
  connect(server.url());
  CHECK(fail(post(), -1s).code == net_errc::connect_failed);
}

TEST_CASE_METHOD(net_fixture, "attempts end in the order of their deadlines") {
  scripted_server server(io, [](const received&) { return silence(); });
  connect(server.url());
  const auto late = begin(post(), 200ms);
  const auto early = begin(post(), 50ms);
  finish(early);
  CHECK_FALSE(late->done);
  CHECK(finish(late).error().code == net_errc::timed_out);
}

TEST_CASE_METHOD(net_fixture, "cancel stops attempts under way and those to come") {
  scripted_server server(io, [](const received&) { return silence(); });
  connect(server.url());
  const auto first = begin(post());
  const auto second = begin(post());
  run_until([&] { return server.connections() == 2; });
  const auto unborn = begin(post());
  client->cancel();
  CHECK(finish(first).error().code == net_errc::stopped);
  CHECK(finish(second).error().code == net_errc::stopped);
  CHECK(finish(unborn).error().code == net_errc::stopped);
  CHECK(fail().code == net_errc::stopped);
  server.stop();
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "an answer given before the whole request was read is heard") {
  server_setup setup;
  setup.impatient = true;
  const auto refuse = [](const received&) {
    return closing("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
  };
  scripted_server server(io, refuse, setup);
  connect(server.url());
  const auto result = send(post(std::string(30'000'000, 'x')));
  REQUIRE(result.has_value());
  CHECK(result->status == 413);
  CHECK(send().has_value());
  CHECK(server.connections() == 2);
}

TEST_CASE_METHOD(net_fixture, "a connection idle for longer than the timeout is not used again") {
  scripted_server server(io, greet);
  transport_options options;
  options.base_url = server.url();
  options.idle_timeout = duration::zero();
  connect(options);
  REQUIRE(send().has_value());
  REQUIRE(send().has_value());
  CHECK(server.connections() == 2);
}

TEST_CASE_METHOD(net_fixture, "compressed answers arrive decoded, bombs do not arrive") {
  std::size_t size = 1000;
  scripted_server server(io, [&](const received&) {
    return reply(ok(compress(std::string(size, 'x')), "Content-Encoding: gzip\r\n"));
  });
  transport_options options;
  options.base_url = server.url();
  options.max_response = 100'000;
  connect(options);
  const auto result = send();
  REQUIRE(result.has_value());
  CHECK(result->body == std::string(1000, 'x'));
  size = 10'000'000;
  CHECK(fail().code == net_errc::response_too_large);
}

TEST_CASE_METHOD(net_fixture, "cancel ends a request that is stuck half sent") {
  server_setup setup;
  setup.impatient = true;
  int asked = 0;
  const auto mute = [&](const received&) {
    ++asked;
    return silence();
  };
  scripted_server server(io, mute, setup);
  connect(server.url());
  const auto stuck = begin(post(std::string(30'000'000, 'x')));
  run_until([&] { return asked == 1; });
  client->cancel();
  CHECK(finish(stuck).error().code == net_errc::stopped);
  server.stop();
  CHECK(idle());
}

TEST_CASE_METHOD(net_fixture, "a HEAD request has an answer without body") {
  scripted_server server(
      io, [](const received&) { return reply("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"); });
  connect(server.url());
  REQUIRE(send(http_request("HEAD", "/v1/models", "")).has_value());
  REQUIRE(send(http_request("HEAD", "/v1/models", "")).has_value());
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(net_fixture, "a base URL that is none is a usage error") {
  CHECK_THROWS_AS(connect("api.openai.com"), usage_error);
  CHECK_THROWS_AS(connect("ftp://api.openai.com"), usage_error);
}

TEST_CASE_METHOD(net_fixture, "a server that quotes the key it refuses is not repeated") {
  scripted_server server(io, [](const received& r) {
    const std::string told = "HTTP/1.1 " + std::string(r.body) + " Some\r\nX-Request-Id: " +
                             "sk-0123456789abcdef\r\nContent-Length: 48\r\n\r\n";
    return reply(told + "no: sk-0123456789abcdef, sk-0123456789abcdef!...");
  });
  transport_options options;
  options.base_url = server.url();
  options.authorization = "Bearer sk-0123456789abcdef";
  connect(options);
  const auto refused = send(post("401"));
  REQUIRE(refused.has_value());
  CHECK(refused->body == "no: [hidden], [hidden]!...");
  CHECK(refused->header("x-request-id") == "[hidden]");
}
