#include "runner/net/url.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

TEST_CASE("an https address is taken apart") {
  const auto u = parse_url("https://API.OpenAI.com/v1?x=1");
  REQUIRE(u.has_value());
  CHECK(u->tls());
  CHECK(u->host == "api.openai.com");
  CHECK(u->port == 443);
  CHECK(u->path == "/v1?x=1");
  CHECK(u->host_header() == "api.openai.com");
  CHECK(u->endpoint() == "api.openai.com:443");
}

TEST_CASE("a port of its own stands in the Host header") {
  CHECK(parse_url("http://localhost:8080")->host_header() == "localhost:8080");
  CHECK(parse_url("http://localhost:80")->host_header() == "localhost");
  CHECK(parse_url("https://localhost:80")->host_header() == "localhost:80");
}

TEST_CASE("an IPv6 address loses its brackets and gets them back") {
  const auto u = parse_url("http://[::1]:8080/v1");
  REQUIRE(u.has_value());
  CHECK(u->host == "::1");
  CHECK(u->port == 8080);
  CHECK(u->host_header() == "[::1]:8080");
  CHECK(parse_url("https://[2001:DB8::1]")->host_header() == "[2001:db8::1]");
}

TEST_CASE("user and password come apart, even with an @ in the password") {
  const auto u = parse_url("http://me:p@ss@proxy:3128");
  REQUIRE(u.has_value());
  CHECK(u->userinfo == "me:p@ss");
  CHECK(u->host == "proxy");
}

TEST_CASE("what is no http address is refused, without quoting it") {
  const char* text =
      GENERATE("", "api.openai.com", "https//x", "ftp://x", "://x", "http://", "https:///v1",
               "http://:80", "http://x:", "http://x:0", "http://x:65536", "http://x:8o",
               "http://x:-1", "http://a b", "http://a\nb", "http://[::1", "http://[::1]x",
               "http://[zz]", "http://h\xc3\xa4use", "http://a,b", "http://secret:pw@");
  const auto u = parse_url(text);
  REQUIRE_FALSE(u.has_value());
  CHECK_FALSE(u.error().empty());
  CHECK(u.error().find("secret") == std::string::npos);
}

TEST_CASE("loopback is localhost, 127.0.0.0/8 and ::1, nothing else") {
  for (const char* host :
       {"localhost", "LocalHost", "127.0.0.1", "127.255.0.3", "::1", "0:0:0:0:0:0:0:1"})
    CHECK(is_loopback(host));
  for (const char* host : {"", "localhost.example.com", "127.0.0.1.example.com", "128.0.0.1",
                           "127.1", "::2", "::ffff:8.8.8.8", "0.0.0.0", "example.com"})
    CHECK_FALSE(is_loopback(host));
}

TEST_CASE("only whole literal addresses are addresses") {
  CHECK(is_ip_address("10.0.0.1"));
  CHECK(is_ip_address("fe80::1"));
  CHECK_FALSE(is_ip_address("10.0.0"));
  CHECK_FALSE(is_ip_address("example.com"));
}
