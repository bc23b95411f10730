#include "runner/downloads.hpp"

#include <boost/asio/io_context.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/run_coroutine.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

/// Why nothing is asked at an address; none of these has a server.
std::string refusal_of(const std::string& address) {
  boost::asio::io_context io;
  const auto files = make_downloads(job_spec(), io.get_executor());
  attempt_result result = transport_error();
  const auto task = [&]() -> awaitable<void> {
    const time_point deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    result = co_await files->get(address, deadline);
  };
  run_coroutine(io, task());
  REQUIRE(result.has_error());
  return result.error().detail;
}

}  // namespace

TEST_CASE("an address that a server wrote cannot add lines to a request") {
  for (const char* address : {"http://127.0.0.1:1/a\r\nX: y", "http://127.0.0.1:1/a b", "\x01"}) {
    CHECK(refusal_of(address) == "its address holds blanks or control characters");
  }
}

TEST_CASE("only http and https are asked") {
  for (const char* address : {"file:///etc/passwd", "ftp://127.0.0.1/a", "image.png", ""}) {
    CHECK_THAT(refusal_of(address), ContainsSubstring("its address cannot be used"));
  }
}
