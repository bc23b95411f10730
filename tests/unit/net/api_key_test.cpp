#include "runner/net/api_key.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "batchmill/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"

using namespace batchmill;
using batchmill::testing::temporary_file;

namespace {

env_lookup with(const std::string& name, const std::string& value) {
  return [=](const std::string& asked) -> std::optional<std::string> {
    if (asked != name) return std::nullopt;
    return value;
  };
}

std::optional<std::string> nothing(const std::string&) {
  return std::nullopt;
}

/// The sentence of the refusal; it must not hold the key.
std::string refusal(const job_spec& spec, const env_lookup& env) {
  try {
    load_api_key(spec, env);
  } catch (const usage_error& error) {
    const std::string sentence = error.what();
    CHECK(sentence.find("sk-") == std::string::npos);
    return sentence;
  }
  return "not refused";
}

job_spec from_file(const std::string& path) {
  job_spec spec;
  spec.api.key_file = path;
  return spec;
}

}  // namespace

TEST_CASE("the key comes from the variable that key_env names") {
  job_spec spec;
  CHECK(load_api_key(spec, with("OPENAI_API_KEY", "sk-1")) == "sk-1");
  spec.api.key_env = "OTHER";
  CHECK(load_api_key(spec, with("OTHER", "sk-2")) == "sk-2");
}

TEST_CASE("one line end behind the key is cut off") {
  CHECK(load_api_key({}, with("OPENAI_API_KEY", "sk-1\n")) == "sk-1");
  CHECK(load_api_key({}, with("OPENAI_API_KEY", "sk-1\r\n")) == "sk-1");
}

TEST_CASE("keys that cannot be keys are refused") {
  const char* key = GENERATE("sk-1\n\n", "sk- 1", " sk-1", "sk-1 ", "sk-1\r\nX: y", "sk-\t1",
                             "sk-\x7f", "sk-\xc3\xa4");
  CHECK_THAT(refusal({}, with("OPENAI_API_KEY", key)), ContainsSubstring("no key has"));
}

TEST_CASE("an empty key is refused") {
  CHECK_THAT(refusal({}, with("OPENAI_API_KEY", "")), ContainsSubstring("is empty"));
  CHECK_THAT(refusal({}, with("OPENAI_API_KEY", "\n")), ContainsSubstring("is empty"));
}

TEST_CASE("a missing variable is refused where a key is needed") {
  job_spec spec;
  spec.api.base_url = GENERATE("https://api.openai.com/v1", "https://eu.api.openai.com/v1",
                               "https://mine.openai.azure.com/openai/v1");
  CHECK_THAT(refusal(spec, nothing), ContainsSubstring("OPENAI_API_KEY is not set"));
}

TEST_CASE("other servers may do without a key") {
  job_spec spec;
  spec.api.base_url =
      GENERATE("http://localhost:8000/v1", "https://notapi.openai.com.example.org/v1");
  CHECK(load_api_key(spec, nothing).empty());
}

TEST_CASE("a variable that the spec names has to be there") {
  job_spec spec;
  spec.api.base_url = "http://localhost:8000/v1";
  spec.api.key_env = "MY_KEY";
  spec.marks["api.key_env"] = {4, 12};
  CHECK_THAT(refusal(spec, nothing), ContainsSubstring("MY_KEY is not set"));
}

TEST_CASE("a key file for the user alone is read, before the variable") {
  const temporary_file file("sk-file\n");
  CHECK(load_api_key(from_file(file.path()), with("OPENAI_API_KEY", "sk-env")) == "sk-file");
}

TEST_CASE("a key file that others can read is refused with the remedy") {
  const temporary_file file("sk-file\n");
  const mode_t mode = GENERATE(0640u, 0604u, 0644u);
  REQUIRE(::chmod(file.path().c_str(), mode) == 0);
  CHECK_THAT(refusal(from_file(file.path()), nothing), ContainsSubstring("chmod 600"));
}

TEST_CASE("a key file that is missing, empty, a folder or huge is refused") {
  CHECK_THAT(refusal(from_file("/nonexistent/key"), nothing), ContainsSubstring("No such file"));
  CHECK_THAT(refusal(from_file("/tmp"), nothing), ContainsSubstring("is not a file"));
  const temporary_file empty("");
  CHECK_THAT(refusal(from_file(empty.path()), nothing), ContainsSubstring("empty"));
  const temporary_file huge(std::string(70'000, 'k'));
  CHECK_THAT(refusal(from_file(huge.path()), nothing), ContainsSubstring("too long"));
}

TEST_CASE("the key comes through a descriptor") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], "sk-pipe\n", 8) == 8);
  ::close(ends[1]);
  job_spec spec;
  spec.api.key_fd = ends[0];
  CHECK(load_api_key(spec, nothing) == "sk-pipe");
  ::close(ends[0]);
  spec.api.key_fd = 9999;
  CHECK_THAT(refusal(spec, nothing), ContainsSubstring("cannot be read"));
}

TEST_CASE("a key goes over plain http to this machine only") {
  CHECK_NOTHROW(check_key_transport(*parse_url("https://api.openai.com"), std::nullopt, true));
  CHECK_NOTHROW(check_key_transport(*parse_url("http://localhost:8080"), std::nullopt, true));
  CHECK_NOTHROW(check_key_transport(*parse_url("http://[::1]:8080"), std::nullopt, true));
  CHECK_NOTHROW(check_key_transport(*parse_url("http://example.com"), std::nullopt, false));
  CHECK_THROWS_AS(check_key_transport(*parse_url("http://example.com"), std::nullopt, true),
                  usage_error);
  CHECK_THROWS_AS(check_key_transport(*parse_url("http://192.168.0.1"), std::nullopt, true),
                  usage_error);
}

TEST_CASE("a key does not go over plain http to a proxy on another machine") {
  const url near = *parse_url("http://127.0.0.1:8080");
  CHECK_THROWS_WITH(check_key_transport(near, *parse_url("http://proxy.example:3128"), true),
                    ContainsSubstring("unencrypted over http to the proxy proxy.example"));
  CHECK_NOTHROW(check_key_transport(near, *parse_url("http://localhost:3128"), true));
  CHECK_NOTHROW(check_key_transport(near, *parse_url("http://proxy.example:3128"), false));
  const url far = *parse_url("https://api.openai.com");
  CHECK_NOTHROW(check_key_transport(far, *parse_url("http://proxy.example:3128"), true));
}

TEST_CASE("Azure wants a key, whatever its server is called") {
  job_spec spec;
  spec.api.flavor = api_flavor::azure;
  spec.api.base_url = "https://gateway.example.com";
  CHECK_THAT(refusal(spec, nothing), ContainsSubstring("is not set"));
}
