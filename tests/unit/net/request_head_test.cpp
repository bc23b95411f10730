#include "runner/net/request_head.hpp"

#include "batchmill/error.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

const url server = *parse_url("https://api.openai.com/v1");

std::string write(const transport_options& options, const http_request& request) {
  request_head head(server, options, nullptr);
  head.write(http_request("POST", "/before", "longer than what follows, to be overwritten"));
  return std::string(head.write(request));
}

transport_options with_header(const std::string& name, const std::string& value) {
  transport_options options;
  options.headers = {{name, value}};
  return options;
}

}  // namespace

TEST_CASE("a request head, to the letter") {
  transport_options options;
  options.authorization = "Bearer sk-1";
  options.headers = {{"OpenAI-Project", "proj_1"}};
  CHECK(write(options, http_request("POST", "/v1/embeddings", "{}")) ==
        "POST /v1/embeddings HTTP/1.1\r\n"
        "Host: api.openai.com\r\n"
        "Authorization: Bearer sk-1\r\n"
        "User-Agent: batchmill/" BATCHMILL_VERSION
        "\r\n"
        "Accept: application/json\r\n"
        "Accept-Encoding: gzip\r\n"
        "OpenAI-Project: proj_1\r\n"
        "Content-Type: application/json\r\n"
        "Content-Length: 2\r\n\r\n");
}

TEST_CASE("a GET has neither type nor length, an empty POST has length 0") {
  CHECK(write({}, http_request("GET", "/v1/models", "")).find("Content-") == std::string::npos);
  CHECK_THAT(write({}, http_request("POST", "/x", "")), ContainsSubstring("Content-Length: 0\r\n"));
}

TEST_CASE("the user's fields replace ours") {
  const auto head = write(with_header("user-agent", "mine"), http_request("GET", "/", ""));
  CHECK_THAT(head, ContainsSubstring("user-agent: mine\r\n"));
  CHECK(head.find("batchmill/") == std::string::npos);
}

TEST_CASE("for a proxy targets name the server") {
  const url proxy = *parse_url("http://me:pw@proxy:3128");
  request_head head(*parse_url("http://localhost:8080"), {}, &proxy);
  CHECK_THAT(std::string(head.write(http_request("GET", "/v1/models", ""))),
             ContainsSubstring(
                 "GET http://localhost:8080/v1/models HTTP/1.1\r\nHost: localhost:8080\r\n"));
}

TEST_CASE("fields that would break the request are refused, without showing their value") {
  const auto bad = GENERATE(
      std::pair("X", "a\r\nY: secret"), std::pair("X", "a\nsecret"), std::pair("X Y", "secret"),
      std::pair("", "secret"), std::pair("X:", "secret"), std::pair("Host", "secret"),
      std::pair("content-length", "5"), std::pair("Transfer-Encoding", "chunked"));
  try {
    request_head(server, with_header(bad.first, bad.second), nullptr);
    FAIL("accepted");
  } catch (const usage_error& error) {
    CHECK(std::string(error.what()).find("secret") == std::string::npos);
  }
}

TEST_CASE("a proxy's user and password are sent as Basic") {
  CHECK(proxy_authorization(*parse_url("http://proxy:3128")).empty());
  CHECK(proxy_authorization(*parse_url("http://me:p%40ss@proxy:3128")) ==
        "Proxy-Authorization: Basic bWU6cEBzcw==\r\n");
  CHECK(proxy_authorization(*parse_url("http://a%:%zz@proxy")) ==
        "Proxy-Authorization: Basic YSU6JXp6\r\n");
}

TEST_CASE("a tunnel is asked for by host and port") {
  const auto head = connect_head(server, *parse_url("http://me:pw@proxy:3128"));
  CHECK_THAT(head, ContainsSubstring(
                       "CONNECT api.openai.com:443 HTTP/1.1\r\nHost: api.openai.com:443\r\n"));
  CHECK_THAT(head, ContainsSubstring("Proxy-Authorization: Basic "));
}

TEST_CASE("the key may have a header of its own") {
  transport_options options;
  options.key_header = "api-key";
  options.authorization = "secret";
  const std::string head = write(options, http_request("POST", "/", "{}"));
  CHECK_THAT(head, ContainsSubstring("\r\napi-key: secret\r\n"));
  CHECK_THAT(head, !ContainsSubstring("Authorization"));
}
