// Requests with files, and answers that go to a sink, over real sockets.
#include <filesystem>

#include "tests/support/catch.hpp"
#include "tests/support/collecting_sink.hpp"
#include "tests/support/compress.hpp"
#include "tests/support/net_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

/// Different at each place, so that a piece in the wrong place is noticed.
std::string long_text(std::size_t size) {
  std::string text;
  text.reserve(size + 8);
  for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i * 7919) + ' ';
  text.resize(size);
  return text;
}

http_request get() {
  return http_request("GET", "/v1/files/file-1/content", "");
}

std::string partial(const std::string& body, const std::string& fields) {
  return "HTTP/1.1 206 Partial Content\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         fields + "\r\n" + body;
}

struct transfer_fixture : net_fixture {
  /// A form whose one file has `content`.
  http_request form(const std::string& content) {
    http_request request = post("before|after");
    request.content_type = "multipart/form-data; boundary=b";
    request.uploads.emplace_back(7, folder.write("file", content), content.size());
    return request;
  }

  attempt_result receive(collecting_sink& sink, duration stall = 10s) {
    transfer_terms terms;
    terms.sink = &sink;
    terms.stall = stall;
    return transfer(get(), terms);
  }

  transfer_terms patient(duration stall, duration answer = 10s) {
    transfer_terms terms;
    terms.stall = stall;
    terms.answer = answer;
    return terms;
  }

  temporary_folder folder;
};

}  // namespace

TEST_CASE_METHOD(transfer_fixture, "a file goes out from disk, also with an ordinary send") {
  std::vector<received> seen;
  scripted_server server(io, [&](const received& r) {
    seen.push_back(r);
    return reply(ok("{}"));
  });
  connect(server.url());
  const std::string content = long_text(5'000'000);
  REQUIRE(send(form(content)).has_value());
  REQUIRE(transfer(form(content), transfer_terms()).has_value());
  REQUIRE(seen.size() == 2);
  for (const received& r : seen) {
    CHECK(r.body == "before|" + content + "after");
    CHECK_THAT(r.head, ContainsSubstring("Content-Length: 5000012\r\n"));
    CHECK_THAT(r.head, ContainsSubstring("Content-Type: multipart/form-data; boundary=b\r\n"));
  }
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(transfer_fixture, "files and sinks work over TLS, with a reader that is slow") {
  certificate_request authority;
  authority.name = "test authority";
  authority.alternative = "";
  authority.authority = true;
  const identity ca = make_identity(authority);
  certificate_request wanted;
  wanted.issuer = &ca;
  const identity id = make_identity(wanted);
  server_setup setup;
  setup.tls = &id;
  setup.tls13 = GENERATE(true, false);
  const std::string content = long_text(3'000'000);
  std::string uploaded;
  const auto answer = [&](const received& r) {
    if (r.head.starts_with("POST")) uploaded = r.body;
    return r.head.starts_with("POST") ? reply(ok("{}")) : in_pieces(ok(content), 100'000);
  };
  scripted_server server(io, answer, setup);
  transport_options options;
  options.base_url = server.url();
  options.ca_file = folder.write("ca.pem", ca.pem());
  connect(options);
  REQUIRE(send(form(content)).has_value());
  CHECK(uploaded == "before|" + content + "after");
  collecting_sink sink;
  REQUIRE(receive(sink).has_value());
  CHECK(sink.received == content);
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(transfer_fixture, "a file that changed is not sent, and nothing is asked") {
  int asked = 0;
  scripted_server server(io, [&](const received&) {
    ++asked;
    return reply(ok("{}"));
  });
  connect(server.url());
  http_request request = form("content");
  folder.write("file", "other");
  const auto error = fail(request);
  CHECK(error.code == net_errc::file_unreadable);
  CHECK_THAT(error.detail, ContainsSubstring("changed while the job ran"));
  CHECK(server.connections() == 0);
}

TEST_CASE_METHOD(transfer_fixture, "a file that shrinks while it goes out ends the attempt") {
  int asked = 0;
  scripted_server server(io, [&](const received&) {
    ++asked;
    return reply(ok("{}"));
  });
  connect(server.url());
  const auto attempt = begin_transfer(form(long_text(60'000'000)), transfer_terms());
  int steps = 0;
  run_until([&] { return server.connections() == 1 && ++steps == 20; });
  REQUIRE_FALSE(attempt->done);
  std::filesystem::resize_file(folder.path("file"), 10);
  const auto result = finish(attempt);
  REQUIRE(result.has_error());
  CHECK(result.error().code == net_errc::file_unreadable);
  CHECK(asked == 0);
}

TEST_CASE_METHOD(transfer_fixture, "an answer in the middle of a large upload is heard") {
  server_setup setup;
  setup.impatient = true;
  const bool closes = GENERATE(true, false);
  const auto refuse = [&](const received&) {
    reply what("HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge");
    what.close_after = closes;
    what.silent_after = !closes;
    return what;
  };
  scripted_server server(io, refuse, setup);
  connect(server.url());
  const auto result = transfer(form(long_text(30'000'000)), patient(300ms));
  REQUIRE(result.has_value());
  CHECK(result->status == 413);
  CHECK(result->body == "large");
}

TEST_CASE_METHOD(transfer_fixture, "the body of an answer goes to the sink, its head before") {
  std::string asked;
  const std::string content = long_text(3'000'000);
  scripted_server server(io, [&](const received& r) {
    asked = r.head;
    return reply(partial(content, "Content-Range: bytes 5-3000004/3000005\r\n"));
  });
  transport_options options;
  options.base_url = server.url();
  options.max_response = 1000;  // does not count here
  connect(options);
  collecting_sink sink;
  const auto result = receive(sink);
  REQUIRE(result.has_value());
  CHECK(result->status == 206);
  CHECK(result->body.empty());
  CHECK(sink.begun == 1);
  CHECK(sink.status == 206);
  CHECK_THAT(sink.fields, ContainsSubstring("Content-Range: bytes 5-"));
  CHECK(sink.received == content);
  CHECK_THAT(asked, ContainsSubstring("Accept-Encoding: identity\r\n"));
  CHECK_THAT(asked, !ContainsSubstring("gzip"));
  CHECK_THAT(asked, ContainsSubstring("Accept: */*\r\n"));
  CHECK(receive(sink).has_value());
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(transfer_fixture, "chunks go to the sink without their lengths") {
  scripted_server server(io, [](const received&) {
    return in_pieces(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n "
        "world\r\n0\r\n\r\n",
        3);
  });
  connect(server.url());
  collecting_sink sink;
  REQUIRE(receive(sink).has_value());
  CHECK(sink.received == "hello world");
}

TEST_CASE_METHOD(transfer_fixture, "what is no 2xx answer does not go to the sink") {
  const std::string status = GENERATE("404 Not Found", "302 Found", "416 Range Not Satisfiable");
  scripted_server server(io, [&](const received&) {
    return reply("HTTP/1.1 " + status + "\r\nContent-Length: 4\r\n\r\ngone");
  });
  connect(server.url());
  collecting_sink sink;
  const auto result = receive(sink);
  REQUIRE(result.has_value());
  CHECK(result->body == "gone");
  CHECK(sink.begun == 0);
  CHECK(sink.received.empty());
}

TEST_CASE_METHOD(transfer_fixture, "a herald is no answer for the sink") {
  scripted_server server(
      io, [](const received&) { return reply("HTTP/1.1 103 Early Hints\r\n\r\n" + ok("hello")); });
  connect(server.url());
  collecting_sink sink;
  REQUIRE(receive(sink).has_value());
  CHECK(sink.begun == 1);
  CHECK(sink.received == "hello");
}

TEST_CASE_METHOD(transfer_fixture, "a connection that breaks leaves the sink with what has come") {
  const bool reset = GENERATE(true, false);
  scripted_server server(io, [&](const received&) {
    const std::string cut = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello";
    return reset ? resetting(cut) : closing(cut);
  });
  connect(server.url());
  collecting_sink sink;
  const auto result = receive(sink);
  REQUIRE(result.has_error());
  CHECK(result.error().code == net_errc::connection_lost);
  if (!reset) CHECK(sink.received == "hello");
}

TEST_CASE_METHOD(transfer_fixture, "a sink that has enough ends the transfer") {
  scripted_server server(io, [](const received&) { return in_pieces(ok(long_text(9000)), 1000); });
  connect(server.url());
  collecting_sink sink;
  sink.wanted = GENERATE(true, false);
  sink.enough = 2000;
  const auto result = receive(sink);
  REQUIRE(result.has_error());
  CHECK(result.error().code == net_errc::sink_closed);
  CHECK(sink.received.empty() != sink.wanted);
  CHECK(sink.received.size() < 9000);
}

TEST_CASE_METHOD(transfer_fixture, "what a sink throws comes out of the transfer") {
  scripted_server server(io, [](const received&) { return reply(ok("hello")); });
  connect(server.url());
  collecting_sink sink;
  sink.on_write = [] { throw run_error("the disk is full"); };
  CHECK_THROWS_WITH(receive(sink), "the disk is full");
}

TEST_CASE_METHOD(transfer_fixture, "a coding that nobody asked for is refused") {
  scripted_server server(io, [](const received&) {
    return reply(ok(compress("hello"), "Content-Encoding: gzip\r\n"));
  });
  connect(server.url());
  collecting_sink sink;
  const auto result = receive(sink);
  REQUIRE(result.has_error());
  CHECK(result.error().code == net_errc::bad_response);
  CHECK(sink.begun == 0);
}

TEST_CASE_METHOD(transfer_fixture, "an answer that stands still is timed out") {
  scripted_server server(io, [](const received&) {
    reply what("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123");
    what.silent_after = true;
    return what;
  });
  connect(server.url());
  collecting_sink still;
  const auto result = receive(still, 100ms);
  REQUIRE(result.has_error());
  CHECK(result.error().code == net_errc::timed_out);
  CHECK(result.error().detail == "nothing of the answer came for 100ms");
  CHECK(still.received == "0123");
}

TEST_CASE_METHOD(transfer_fixture, "between request and answer another patience counts") {
  scripted_server server(io, [](const received&) { return silence(); });
  connect(server.url());
  const auto impatient = transfer(post(), patient(10s, 50ms));
  REQUIRE(impatient.has_error());
  CHECK(impatient.error().detail == "no answer came for 50ms");
  const auto attempt = begin_transfer(post(), patient(30ms, 10s));
  io.restart();
  io.run_for(200ms);
  CHECK_FALSE(attempt->done);
  client->cancel();
  CHECK(finish(attempt).error().code == net_errc::stopped);
}

TEST_CASE_METHOD(transfer_fixture,
                 "what is to be sent once takes no connection that may be stale") {
  scripted_server server(
      io, [](const received& r) { return r.request == 1 ? reply(ok("{}")) : closing(""); });
  connect(server.url());
  transfer_terms once;
  once.once = true;
  REQUIRE(send().has_value());
  REQUIRE(transfer(post(), once).has_value());
  CHECK(server.connections() == 2);
}
