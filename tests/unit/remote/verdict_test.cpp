#include "runner/remote/verdict.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

verdict of(int status, const std::string& body, repeatable how = repeatable::freely,
           const std::string& fields = "") {
  return judge(http_response(status, fields, body), how, wall_time());
}

verdict of(net_errc code, repeatable how = repeatable::freely) {
  return judge(transport_error(code, "it broke"), how, wall_time());
}

std::string error_body(const std::string& code) {
  return R"({"error":{"message":"No.","type":"invalid_request_error","code":")" + code + "\"}}";
}

}  // namespace

TEST_CASE("answers to calls that may be repeated") {
  CHECK(of(400, error_body("invalid_value")).failure.kind == failure_kind::refused);
  CHECK(of(401, error_body("invalid_api_key")).failure.kind == failure_kind::denied);
  CHECK(of(403, "{}").failure.kind == failure_kind::denied);
  CHECK(of(404, error_body("not_found")).failure.kind == failure_kind::gone);
  CHECK(of(410, "").failure.kind == failure_kind::gone);
  CHECK(of(429, error_body("insufficient_quota")).failure.kind == failure_kind::denied);
  for (const int status : {408, 409, 429, 500, 502, 503, 504, 529}) {
    CHECK(of(status, "busy").failure.kind == failure_kind::passing);
    CHECK(of(status, "busy").may_pass);
  }
  CHECK_FALSE(of(400, "{}").may_pass);
}

TEST_CASE("after an answer that leaves it open, what makes something is not made again") {
  for (const int status : {408, 500, 502, 504}) {
    const verdict v = of(status, "trouble", repeatable::unless_made);
    CHECK(v.failure.kind == failure_kind::unknown_outcome);
    CHECK_FALSE(v.may_pass);
  }
  for (const int status : {409, 429, 503}) {
    CHECK(of(status, "busy", repeatable::unless_made).may_pass);
  }
}

TEST_CASE("what broke before the server had the request made nothing") {
  for (const auto how : {repeatable::freely, repeatable::unless_made}) {
    CHECK(of(net_errc::resolve_failed, how).may_pass);
    CHECK(of(net_errc::connect_failed, how).may_pass);
    CHECK(of(net_errc::stopped, how).failure.kind == failure_kind::stopped);
  }
  for (const auto code : {net_errc::timed_out, net_errc::connection_lost, net_errc::bad_response}) {
    CHECK(of(code).may_pass);
    CHECK(of(code, repeatable::unless_made).failure.kind == failure_kind::unknown_outcome);
  }
  CHECK(of(net_errc::timed_out).failure.code == "timed_out");
  CHECK(of(net_errc::timed_out).failure.message == "it broke");
}

TEST_CASE("a full queue is no matter of seconds") {
  CHECK(of(429, error_body("token_limit_exceeded")).failure.kind == failure_kind::refused);
  CHECK(of(429, error_body("token_limit_exceeded")).failure.code == "token_limit_exceeded");
}

TEST_CASE("the server's waits and wishes are read") {
  CHECK(of(503, "", repeatable::freely, "Retry-After: 7\r\n").server_wait == 7s);
  CHECK(of(429, R"({"error":{"message":"Please try again in 1.5s."}})").server_wait == 1500ms);
  CHECK(of(400, "{}", repeatable::freely, "x-should-retry: true\r\n").should_retry == true);
  CHECK_FALSE(of(400, "{}", repeatable::unless_made, "x-should-retry: true\r\n").should_retry);
  CHECK(of(503, "", repeatable::unless_made, "x-should-retry: false\r\n").should_retry == false);
}

TEST_CASE("a redirect says where it leads") {
  const verdict v = of(302, "", repeatable::freely, "Location: https://elsewhere/\r\n");
  CHECK(v.failure.kind == failure_kind::refused);
  CHECK_THAT(v.failure.message, ContainsSubstring("https://elsewhere/"));
}

TEST_CASE("keys are left out of messages") {
  CHECK(without_keys("Incorrect API key provided: sk-proj-abcDEF_123**89. Look it up.") ==
        "Incorrect API key provided: sk-.... Look it up.");
  CHECK(without_keys("sk-1234567890") == "sk-...");
  CHECK(without_keys("a task-force, sk-short and no key") == "a task-force, sk-short and no key");
  CHECK(of(401, R"({"error":{"message":"Bad key sk-abcdefgh1"}})").failure.message ==
        "Bad key sk-...");
}
