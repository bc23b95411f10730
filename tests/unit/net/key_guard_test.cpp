// What keeps a key inside of the process.
#include "runner/net/key_guard.hpp"

#include <sys/prctl.h>

#include <optional>

#include "runner/net/request_head.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/net_fixture.hpp"

using namespace batchmill;
using namespace batchmill::testing;

TEST_CASE("a process can be dumped again when its last key is gone") {
  REQUIRE(::prctl(PR_GET_DUMPABLE) == 1);
  std::optional<key_guard> one(std::in_place);
  std::optional<key_guard> other(std::in_place);
  CHECK(::prctl(PR_GET_DUMPABLE) == 0);
  one.reset();
  CHECK(::prctl(PR_GET_DUMPABLE) == 0);
  other.reset();
  CHECK(::prctl(PR_GET_DUMPABLE) == 1);
}

TEST_CASE_METHOD(net_fixture, "a transport guards its key as long as it lives") {
  transport_options options;
  options.base_url = "https://localhost";
  connect(options);
  CHECK(::prctl(PR_GET_DUMPABLE) == 1);
  options.authorization = "Bearer sk-0123456789abcdef";
  connect(options);
  CHECK(::prctl(PR_GET_DUMPABLE) == 0);
  client.reset();
  CHECK(::prctl(PR_GET_DUMPABLE) == 1);
}

TEST_CASE("what is wiped is overwritten, and so is what was cut off before") {
  std::string key(100, 'k');
  const char* const bytes = key.data();
  key.resize(60);
  wipe(key);
  CHECK(key.empty());
  REQUIRE(key.data() == bytes);
  CHECK(std::string(bytes, 100) == std::string(100, '\0'));
}
