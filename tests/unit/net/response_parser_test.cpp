#include "runner/net/response_parser.hpp"

#include <random>
#include <vector>

#include "runner/net/plain_head.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/compress.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

struct parsed {
  parsed() = default;

  bool done = false;
  bool keep_alive = false;
  std::optional<transport_error> failure;
  http_response response;
};

struct way {
  std::size_t piece = 1'000'000;  // bytes fed at a time
  std::size_t max_body = 1'000'000;
  bool head_only = false;
  bool end = false;  // the connection is closed afterwards
};

parsed parse(const std::string& bytes, const way& w = {}) {
  inflater decoder;
  response_parser parser(decoder, w.max_body, w.head_only);
  parsed p;
  for (std::size_t at = 0; at < bytes.size() && !p.failure && !parser.done(); at += w.piece)
    p.failure = parser.feed(std::string_view(bytes).substr(at, w.piece));
  if (w.end && !p.failure && !parser.done()) p.failure = parser.feed_end();
  p.done = parser.done();
  p.keep_alive = p.done && parser.keep_alive();
  p.response = parser.take();
  return p;
}

way ended() {
  way w;
  w.end = true;
  return w;
}

way bounded(std::size_t max_body) {
  way w;
  w.max_body = max_body;
  return w;
}

net_errc code_of(const parsed& p) {
  REQUIRE(p.failure.has_value());
  CHECK_FALSE(p.failure->detail.empty());
  return p.failure->code;
}

const std::string start = "HTTP/1.1 200 OK\r\n";

std::string sized(const std::string& body, const std::string& fields = "") {
  return start + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("a response with a length is complete at its last byte") {
  way w;
  w.piece = GENERATE(1u, 2u, 3u, 7u, 1000u);
  const auto p = parse(
      "HTTP/1.1 429 Too Many Requests\r\nRetry-After:  3 \r\nContent-Length: 5\r\n\r\nhello", w);
  CHECK(p.done);
  CHECK(p.keep_alive);
  CHECK(p.response.status == 429);
  CHECK(p.response.body == "hello");
  CHECK(p.response.head == "Retry-After: 3\r\nContent-Length: 5\r\n");
}

TEST_CASE("an empty body is complete with the head") {
  CHECK(parse(sized("")).done);
  CHECK(parse("HTTP/1.1 204 No Content\r\n\r\n").done);
  CHECK(parse("HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n").done);
}

TEST_CASE("the answer to HEAD has no body, whatever its length says") {
  way w;
  w.head_only = true;
  const auto p = parse(start + "Content-Length: 10\r\n\r\n", w);
  CHECK(p.done);
  CHECK(p.keep_alive);
}

TEST_CASE("chunks in pieces of any size become one body, trailers are dropped") {
  way w;
  w.piece = GENERATE(1u, 2u, 3u, 5u, 1000u);
  const auto p =
      parse(start +
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=\"b\"\r\n world\r\n0\r\n"
                "X-Late: 1\r\n\r\n",
            w);
  CHECK(p.done);
  CHECK(p.keep_alive);
  CHECK(p.response.body == "hello world");
  CHECK(p.response.header("x-late").empty());
}

TEST_CASE("heralds are passed over") {
  way w;
  w.piece = GENERATE(1u, 1000u);
  const auto p = parse(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + sized("hi"),
      w);
  CHECK(p.done);
  CHECK(p.keep_alive);
  CHECK(p.response.status == 200);
  CHECK(p.response.header("link").empty());
}

TEST_CASE("a switch of protocols is refused") {
  CHECK(code_of(parse("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")) ==
        net_errc::bad_response);
}

TEST_CASE("the parser takes a body without length to the end of the connection") {
  const auto p = parse(start + "\r\nall of it", ended());
  CHECK(p.done);
  CHECK_FALSE(p.keep_alive);
  CHECK(p.response.body == "all of it");
  CHECK_FALSE(parse(start + "\r\nall of it").done);
}

TEST_CASE("a connection closed too early is lost") {
  const std::string whole =
      GENERATE(sized("hello"), start + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(code_of(parse(whole.substr(0, size), ended())) == net_errc::connection_lost);
  }
}

TEST_CASE("heralds without end are no answer") {
  std::string many;
  for (int n = 0; n < 100; ++n) many += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(parse(many + sized("hi")).response.body == "hi");
  const auto p = parse(many + "HTTP/1.1 103 Early Hints\r\n\r\n" + sized("hi"));
  REQUIRE(p.failure);
  CHECK(p.failure->code == net_errc::bad_response);
  CHECK_THAT(p.failure->detail, ContainsSubstring("without end"));
}

TEST_CASE("a connection closed after a herald is lost") {
  CHECK(code_of(parse("HTTP/1.1 100 Continue\r\n\r\n", ended())) == net_errc::connection_lost);
}

TEST_CASE("the connection is not kept when either side says so") {
  CHECK_FALSE(parse(sized("x", "Connection: close\r\n")).keep_alive);
  CHECK_FALSE(parse("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx").keep_alive);
  CHECK(
      parse("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx").keep_alive);
}

TEST_CASE("bytes behind the response make the connection useless") {
  const auto p = parse(sized("hello") + "HTTP/1.1 ");
  CHECK(p.done);
  CHECK(p.response.body == "hello");
  CHECK_FALSE(p.keep_alive);
}

TEST_CASE("what is not HTTP/1.x is a bad response") {
  const char* bytes =
      GENERATE("SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2 200\r\n\r\n", "<html></html>\r\n\r\n",
               "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
               "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n",
               "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
               "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
               "\x16\x03\x01\x02 TLS to a plain client");
  CHECK(code_of(parse(bytes)) == net_errc::bad_response);
}

TEST_CASE("a body over the bound is refused, however its size is told") {
  const std::string body(1000, 'x');
  const std::string coded = GENERATE(sized(std::string(1000, 'x')),
                                     start + "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" +
                                         std::string(1000, 'x') + "\r\n0\r\n\r\n",
                                     start + "\r\n" + std::string(1000, 'x'));
  way w = bounded(999);
  w.end = true;
  CHECK(code_of(parse(coded, w)) == net_errc::response_too_large);
  w.max_body = 1000;
  CHECK(parse(coded, w).response.body == body);
}

TEST_CASE("a body over the bound is refused by the name of the key, with its value") {
  const auto sentence = [](std::size_t bound) {
    return parse(sized(std::string(bound + 1, 'x')), bounded(bound)).failure->detail;
  };
  CHECK(sentence(2000) ==
        "the answer is larger than 2kB; raise api.max_response and run again with --retry-failed");
  CHECK_THAT(sentence(3'000'000), Catch::Matchers::StartsWith("the answer is larger than 3MB;"));
  CHECK_THAT(sentence(1001), Catch::Matchers::StartsWith("the answer is larger than 1001 bytes;"));
}

TEST_CASE("what is too large is only final where it was a success") {
  const std::string large = "\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x');
  const auto error = [&](const std::string& status) {
    return *parse("HTTP/1.1 " + status + large, bounded(1000)).failure;
  };
  CHECK(error("200 OK").code == net_errc::response_too_large);
  CHECK(error("201 Created").code == net_errc::response_too_large);
  CHECK(error("502 Bad Gateway").code == net_errc::bad_response);
  CHECK(error("429 Slow down").code == net_errc::bad_response);
  CHECK_THAT(error("502 Bad Gateway").detail,
             Catch::Matchers::StartsWith("status 502, and the answer is larger than 1kB"));
}

TEST_CASE("a length beyond all reason is refused before the body comes") {
  CHECK(code_of(parse(start + "Content-Length: 18446744073709551615\r\n\r\n")) ==
        net_errc::response_too_large);
}

TEST_CASE("heads over 64 KiB are refused") {
  way w;
  w.piece = GENERATE(997u, 1'000'000u);
  std::string many = start;
  for (int i = 0; i < 3000; ++i) many += "X-Field: 0123456789abcdef\r\n";
  CHECK(code_of(parse(many + "\r\n", w)) == net_errc::response_too_large);
  CHECK(code_of(parse(start + "X: " + std::string(70'000, 'x'), w)) ==
        net_errc::response_too_large);
  // Whether it is a success is not known yet.
  CHECK(code_of(parse("HTTP/1.1 200 " + std::string(70'000, 'x'), w)) == net_errc::bad_response);
  CHECK(code_of(parse(start + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(200'000, 'x'),
                      w)) == net_errc::response_too_large);
}

TEST_CASE("gzip and deflate bodies are decoded") {
  const std::string text(100'000, 'x');
  way w;
  w.piece = GENERATE(1u, 1000u);
  CHECK(parse(sized(compress(text), "Content-Encoding: gzip\r\n"), w).response.body == text);
  CHECK(
      parse(sized(compress(text, zlib_format), "content-encoding: Deflate\r\n"), w).response.body ==
      text);
  CHECK(parse(sized("plain", "Content-Encoding: identity\r\n"), w).response.body == "plain");
  CHECK(parse(sized("", "Content-Encoding: gzip\r\n"), w).response.body.empty());
}

TEST_CASE("a gzip bomb is stopped") {
  const auto p = parse(sized(compress(std::string(10'000'000, 'x')), "Content-Encoding: gzip\r\n"));
  CHECK(code_of(p) == net_errc::response_too_large);
}

TEST_CASE("a body that cannot be decoded is a bad response") {
  CHECK(code_of(parse(sized("not gzip", "Content-Encoding: gzip\r\n"))) == net_errc::bad_response);
  CHECK(code_of(parse(sized("?", "Content-Encoding: br\r\n"))) == net_errc::bad_response);
}

namespace {

/// Breaks a response that has nothing special, or makes something special of it.
std::string disturbed(std::string text, std::mt19937& random) {
  const std::vector<std::string> pieces{"\r\n",
                                        "\n",
                                        "\r",
                                        " ",
                                        ":",
                                        "\t",
                                        "\x7f",
                                        ",",
                                        "0",
                                        "9",
                                        "Connection: close\r\n",
                                        "Transfer-Encoding: chunked\r\n",
                                        "Content-Length: 5\r\n",
                                        "Upgrade: h2c\r\n",
                                        "Content-Encoding: gzip\r\n",
                                        "Proxy-Connection: close\r\n",
                                        "X: \r\n",
                                        "X:y\r\n"};
  for (auto changes = 1 + random() % 3; changes > 0; --changes) {
    const std::size_t at = random() % text.size();
    const std::string& piece = pieces[random() % pieces.size()];
    const std::size_t line = text.rfind('\n', at);
    if (piece.size() > 2 && line != std::string::npos) {
      text.insert(line + 1, piece);
    } else {
      text.replace(at, random() % 3, piece);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("what is read by hand is read as by the full parser") {
  const std::string whole =
      "HTTP/1.1 200 OK\r\nDate: Fri, 06 Nov 2026 10:00:00 GMT\r\nConnection: keep-alive\r\n"
      "x-request-id: req_1\r\nContent-Length: 5\r\nx-should-retry: false\r\n\r\nhello";
  std::mt19937 random(7);
  unsigned good = 0;
  for (int n = 0; n < 20'000; ++n) {
    const std::string text = disturbed(whole, random);
    if (!read_plain_head(text)) continue;
    CAPTURE(n, text);
    way in_pieces = ended();
    in_pieces.piece = 8;  // no head is complete in its first piece
    const parsed a = parse(text, ended());
    const parsed b = parse(text, in_pieces);
    REQUIRE(a.done == b.done);
    REQUIRE(a.failure.has_value() == b.failure.has_value());
    if (a.failure) REQUIRE(a.failure->code == b.failure->code);
    REQUIRE(a.response.status == b.response.status);
    if (!a.done) continue;
    REQUIRE(a.response.head == b.response.head);
    REQUIRE(a.response.body == b.response.body);
    ++good;
  }
  REQUIRE(good > 1000);
}

TEST_CASE("a long body whose head came alone begins where its place is, however often one looks") {
  const std::string body(300'000, 'b');
  inflater decoder;
  response_parser parser(decoder, 1'000'000, false);
  REQUIRE_FALSE(parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n"));
  const std::size_t room = parser.place().size();
  CHECK(parser.place().size() == room);  // nothing was there to be put into it
  std::size_t at = 0;
  while (!parser.place().empty()) {
    const std::span<char> place = parser.place();
    const std::size_t got = body.copy(place.data(), std::min<std::size_t>(place.size(), 1000), at);
    parser.took(got);
    at += got;
  }
  REQUIRE_FALSE(parser.feed(std::string_view(body).substr(at)));
  REQUIRE(parser.done());
  CHECK(parser.take().body == body);
}

TEST_CASE("a long body is put together of what was fed and what was put into its place") {
  std::string body(700'000, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 7 + i / 1000);
  const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 700000\r\n\r\n" + body;
  for (const std::size_t piece : {100, 50'000, 131'072, 1'000'000}) {
    inflater decoder;
    response_parser parser(decoder, 1'000'000, false);
    std::size_t at = 5000;
    std::size_t placed = 0;
    REQUIRE_FALSE(parser.feed(std::string_view(bytes).substr(0, at)));
    for (std::size_t turn = 0; !parser.done(); ++turn) {
      const std::span<char> place = parser.place();
      std::size_t got = std::min(bytes.size() - at, piece);
      if (place.empty() || turn % 5 == 4) {
        REQUIRE_FALSE(parser.feed(std::string_view(bytes).substr(at, got)));
      } else {
        got = bytes.copy(place.data(), std::min(place.size(), piece), at);
        parser.took(got);
        placed += got;
      }
      at += got;
    }
    CHECK(placed > 300'000);
    CHECK(at == bytes.size());
    CHECK(parser.keep_alive());
    CHECK(parser.take().body == body);
  }
}

TEST_CASE("an empty chunked body may come in pieces of any size") {
  const std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  way w;
  for (w.piece = bytes.size(); w.piece > 0; --w.piece) {
    CAPTURE(w.piece);
    const parsed p = parse(bytes, w);
    CHECK(p.done);
    CHECK(p.response.body.empty());
  }
}

TEST_CASE("a status below 100 is no answer") {
  for (const char* status : {"000", "099"}) {
    const parsed p = parse(std::string("HTTP/1.1 ") + status + " OK\r\nContent-Length: 0\r\n\r\n");
    CHECK(code_of(p) == net_errc::bad_response);
    CHECK_FALSE(p.done);
  }
}
