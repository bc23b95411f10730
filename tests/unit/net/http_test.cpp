// http_response::header and the names of net_errc: inline in the public headers, used by all rooms.
#include "batchmill/http.hpp"

#include "batchmill/error.hpp"
#include "tests/support/catch.hpp"

using batchmill::http_response;
using batchmill::net_errc;

TEST_CASE("a header field is found in any case and trimmed") {
  const http_response r(200, "Content-Type:application/json\r\nX-Request-Id: \t req_1 \r\n", "");
  CHECK(r.header("content-type") == "application/json");
  CHECK(r.header("X-REQUEST-ID") == "req_1");
}

TEST_CASE("a name matches a whole field name only") {
  const http_response r(200, "x-ratelimit-limit-requests: 1\r\nretry-after-ms: 5\r\n", "");
  CHECK(r.header("x-ratelimit-limit").empty());
  CHECK(r.header("limit-requests").empty());
  CHECK(r.header("retry-after").empty());
  CHECK(r.header("retry-after-ms") == "5");
}

TEST_CASE("a value does not pass for a field") {
  const http_response r(200, "a: retry-after: 3\r\n", "");
  CHECK(r.header("retry-after").empty());
  CHECK(r.header("a") == "retry-after: 3");
}

TEST_CASE("of equal fields the first counts") {
  CHECK(http_response(200, "a: 1\r\nA: 2\r\n", "").header("a") == "1");
}

TEST_CASE("absent and empty fields are empty") {
  CHECK(http_response().header("a").empty());
  CHECK(http_response(200, "a:\r\nb:  \r\n", "").header("a").empty());
  CHECK(http_response(200, "a:\r\nb:  \r\n", "").header("b").empty());
}

TEST_CASE("a head without its last line end is read too") {
  CHECK(http_response(200, "a: 1\r\nb: 2", "").header("b") == "2");
}

TEST_CASE("every network error has its name") {
  CHECK(std::string(to_string(net_errc::resolve_failed)) == "resolve_failed");
  CHECK(std::string(to_string(net_errc::connect_failed)) == "connect_failed");
  CHECK(std::string(to_string(net_errc::tls_failed)) == "tls_failed");
  CHECK(std::string(to_string(net_errc::untrusted)) == "untrusted");
  CHECK(std::string(to_string(net_errc::proxy_refused)) == "proxy_refused");
  CHECK(std::string(to_string(net_errc::timed_out)) == "timed_out");
  CHECK(std::string(to_string(net_errc::connection_lost)) == "connection_lost");
  CHECK(std::string(to_string(net_errc::bad_response)) == "bad_response");
  CHECK(std::string(to_string(net_errc::response_too_large)) == "response_too_large");
  CHECK(std::string(to_string(net_errc::stopped)) == "stopped");
}
