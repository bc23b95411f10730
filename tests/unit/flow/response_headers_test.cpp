#include "runner/flow/response_headers.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

http_response with(const std::string& head) {
  return http_response(429, head, "");
}

// Sun, 06 Nov 1994 08:49:37 GMT
const wall_time then = std::chrono::system_clock::from_time_t(784111777);

}  // namespace

TEST_CASE("rate limit headers are read in their formats") {
  const rate_headers headers = read_rate_headers(
      with("x-ratelimit-limit-requests: 10000\r\nX-RateLimit-Remaining-Requests: 9999\r\n"
           "x-ratelimit-reset-requests: 6ms\r\nx-ratelimit-limit-tokens: 2000000\r\n"
           "x-ratelimit-remaining-tokens: 1999000\r\nx-ratelimit-reset-tokens: 6m0s\r\n"));
  REQUIRE(headers.requests.limit == 10000);
  REQUIRE(headers.requests.remaining == 9999);
  REQUIRE(headers.requests.reset == duration(6ms));
  REQUIRE(headers.tokens.limit == 2e6);
  REQUIRE(headers.tokens.reset == duration(6min));
}

TEST_CASE("missing or senseless rate limit headers say nothing") {
  REQUIRE_FALSE(read_rate_headers(with("")).requests.limit);
  REQUIRE_FALSE(read_rate_headers(with("x-ratelimit-limit-requests: many\r\n")).requests.limit);
  REQUIRE_FALSE(read_rate_headers(with("x-ratelimit-limit-requests: -5\r\n")).requests.limit);
}

TEST_CASE("retry-after-ms comes before Retry-After") {
  REQUIRE(read_retry_after(with("retry-after: 7\r\nretry-after-ms: 350.5\r\n"), then) ==
          duration(350500us));
  REQUIRE(read_retry_after(with("Retry-After: 7\r\n"), then) == duration(7s));
  REQUIRE(read_retry_after(with("Retry-After: 1.5\r\n"), then) == duration(1500ms));
}

TEST_CASE("Retry-After may be a date") {
  REQUIRE(read_retry_after(with("Retry-After: Sun, 06 Nov 1994 08:50:07 GMT\r\n"), then) ==
          duration(30s));
  REQUIRE_FALSE(read_retry_after(with("Retry-After: Sun, 06 Nov 1994 08:00:00 GMT\r\n"), then));
}

TEST_CASE("a date is taken by the server's clock, however wrong ours is") {
  const auto response =
      with("date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:50:07 GMT\r\n");
  for (const auto skew : {-48h, -1h, 0h, 1h, 48h}) {
    REQUIRE(read_retry_after(response, then + skew) == duration(30s));
  }
}

TEST_CASE("a wait that is none is not kept") {
  REQUIRE_FALSE(read_retry_after(with(""), then));
  REQUIRE_FALSE(read_retry_after(with("Retry-After: 0\r\n"), then));
  REQUIRE_FALSE(read_retry_after(with("Retry-After: -3\r\n"), then));
  REQUIRE_FALSE(read_retry_after(with("Retry-After: soon\r\n"), then));
  REQUIRE_FALSE(read_retry_after(with("Retry-After: nan\r\n"), then));
  REQUIRE_FALSE(read_retry_after(with("Retry-After: 99999999999999999999\r\n"), then));
}

TEST_CASE("x-should-retry is true, false or nothing") {
  REQUIRE(read_should_retry(with("x-should-retry: true\r\n")) == true);
  REQUIRE(read_should_retry(with("x-should-retry: false\r\n")) == false);
  REQUIRE_FALSE(read_should_retry(with("x-should-retry: maybe\r\n")).has_value());
}

TEST_CASE("what is no finite number states no limit, what is no duration no reset") {
  const http_response response(200,
                               "x-ratelimit-limit-requests: inf\r\n"
                               "x-ratelimit-limit-tokens: 1000\r\n"
                               "x-ratelimit-remaining-tokens: nan\r\n"
                               "x-ratelimit-reset-tokens: 1763730000\r\n",
                               "");
  const auto headers = read_rate_headers(response);
  CHECK_FALSE(headers.requests.limit);
  CHECK(headers.tokens.limit == 1000);
  CHECK_FALSE(headers.tokens.remaining);
  CHECK_FALSE(headers.tokens.reset);
}

TEST_CASE("a field counts once, whole, and in any case") {
  const http_response response(200,
                               "X-Request-ID: first\r\nx-request-id: second\r\n"
                               "Retry-After-Ms-Too: 1\r\nretry-after-ms:\r\nRETRY-AFTER:  7 \r\n"
                               "x-should-retry: true",
                               "");
  const noted_headers headers(response);
  CHECK(headers[noted_header::request_id] == "first");
  CHECK(headers[noted_header::retry_after] == "7");
  CHECK(headers[noted_header::retry_after_ms].empty());
  CHECK(headers[noted_header::should_retry] == "true");
  CHECK(headers[noted_header::limit_tokens].empty());
}

TEST_CASE("a limit that nobody could live with is none") {
  for (const char* limit : {"0", "0.0000001"}) {
    const http_response response(429,
                                 std::string("x-ratelimit-limit-requests: ") + limit +
                                     "\r\nx-ratelimit-remaining-requests: 0\r\n",
                                 "");
    const auto requests = read_rate_headers(response).requests;
    CHECK_FALSE(requests.limit);
    CHECK_FALSE(requests.remaining);
  }
}

TEST_CASE("a date that no clock of ours reaches is no wait") {
  for (const char* date : {"Wed, 01 Jan 9999 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"}) {
    const http_response response(429, std::string("Retry-After: ") + date + "\r\n", "");
    CHECK_FALSE(read_retry_after(response, wall_time(std::chrono::seconds(1'700'000'000))));
  }
}
