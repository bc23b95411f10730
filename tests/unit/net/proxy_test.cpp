#include "runner/net/proxy.hpp"

#include <map>

#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

env_lookup environment(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

std::string choose(const std::string& server, std::map<std::string, std::string> variables,
                   const std::string& configured = "") {
  return choose_proxy(*parse_url(server), configured, environment(std::move(variables)));
}

bool bypasses(const std::string& server, const std::string& list) {
  return bypasses_proxy(*parse_url(server), list);
}

}  // namespace

TEST_CASE("without variables there is no proxy") {
  CHECK(choose("https://a.com", {}).empty());
}

TEST_CASE("the configured proxy wins over all variables") {
  CHECK(choose("https://a.com", {{"HTTPS_PROXY", "http://env"}, {"NO_PROXY", "*"}},
               "http://spec") == "http://spec");
  CHECK(choose("http://localhost", {}, "http://spec") == "http://spec");
}

TEST_CASE("https and http have variables of their own") {
  CHECK(choose("https://a.com", {{"HTTPS_PROXY", "http://s"}, {"http_proxy", "http://p"}}) ==
        "http://s");
  CHECK(choose("https://a.com", {{"https_proxy", "http://s"}}) == "http://s");
  CHECK(choose("https://a.com", {{"HTTPS_PROXY", ""}, {"https_proxy", "http://s"}}) == "http://s");
  CHECK(choose("http://a.com", {{"HTTPS_PROXY", "http://s"}, {"http_proxy", "http://p"}}) ==
        "http://p");
  CHECK(choose("http://a.com", {{"HTTPS_PROXY", "http://s"}}).empty());
}

TEST_CASE("HTTP_PROXY in capitals is not trusted") {
  CHECK(choose("http://a.com", {{"HTTP_PROXY", "http://evil"}}).empty());
}

TEST_CASE("what is on this machine needs no proxy") {
  CHECK(choose("http://localhost:8080", {{"http_proxy", "http://p"}}).empty());
  CHECK(choose("https://127.0.0.1", {{"HTTPS_PROXY", "http://p"}}).empty());
}

TEST_CASE("NO_PROXY takes hosts out, in either case") {
  const char* name = GENERATE("NO_PROXY", "no_proxy");
  CHECK(choose("https://a.com", {{"HTTPS_PROXY", "http://s"}, {name, "b.com,a.com"}}).empty());
  CHECK(choose("https://c.com", {{"HTTPS_PROXY", "http://s"}, {name, "b.com,a.com"}}) ==
        "http://s");
}

TEST_CASE("NO_PROXY names hosts and all below them") {
  CHECK(bypasses("https://example.com", "example.com"));
  CHECK(bypasses("https://api.example.com", "example.com"));
  CHECK(bypasses("https://api.example.com", ".example.com"));
  CHECK(bypasses("https://api.example.com", "*.example.com"));
  CHECK(bypasses("https://api.example.com", "EXAMPLE.com"));
  CHECK(bypasses("https://example.com", ".example.com"));
  CHECK_FALSE(bypasses("https://badexample.com", "example.com"));
  CHECK_FALSE(bypasses("https://example.com", "api.example.com"));
  CHECK_FALSE(bypasses("https://example.com.evil.org", "example.com"));
}

TEST_CASE("NO_PROXY may be a star, spaced, or empty") {
  CHECK(bypasses("https://a.com", "*"));
  CHECK(bypasses("https://a.com", "b.com, a.com"));
  CHECK(bypasses("https://a.com", "b.com a.com"));
  CHECK_FALSE(bypasses("https://a.com", ""));
  CHECK_FALSE(bypasses("https://a.com", ",, ."));
}

TEST_CASE("a port in NO_PROXY has to match") {
  CHECK(bypasses("https://a.com", "a.com:443"));
  CHECK(bypasses("https://a.com:8443", "a.com:8443"));
  CHECK_FALSE(bypasses("https://a.com", "a.com:8443"));
}

TEST_CASE("NO_PROXY may name addresses") {
  CHECK(bypasses("http://10.0.0.1", "10.0.0.1"));
  CHECK_FALSE(bypasses("http://10.0.0.1", "0.0.1:80,10.0.0.10"));
  CHECK(bypasses("http://[fd00::1]", "fd00::1"));
  CHECK(bypasses("http://[fd00::1]", "[fd00::1]"));
  CHECK(bypasses("http://[fd00::1]:8080", "[fd00::1]:8080"));
  CHECK_FALSE(bypasses("http://[fd00::1]:8081", "[fd00::1]:8080"));
}
