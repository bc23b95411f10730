#include "runner/engine/file_fetcher.hpp"

#include <boost/asio/co_spawn.hpp>
#include <vector>

#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/scripted_files.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

/// Takes whatever comes with success.
class file_job final : public row_job {
 public:
  boost::system::result<prepared_request, row_failure> prepare(const row&) const override {
    return prepared_request();
  }
  reading read(http_response) const override { return {}; }
  std::string read_file(http_response response, artifact& file) const override {
    if (response.status != 200) return "status " + std::to_string(response.status);
    file.bytes = response.body;
    return {};
  }
};

reading with_files(const std::vector<std::string>& addresses) {
  reading what;
  what.kind = answer_kind::success;
  what.body = "the answer";
  for (const std::string& address : addresses) {
    what.artifacts.emplace_back(0, "png", address.empty() ? "inline" : "").address = address;
  }
  return what;
}

/// To the end?
bool fetch(reading& what, scripted_files& files) {
  boost::asio::io_context io;
  fake_clock time(io.get_executor());
  const file_job job;
  bool to_the_end = false;
  const auto run = [&]() -> awaitable<void> {
    to_the_end = co_await fetch_files(what, job, files, time);
  };
  run_in_fake_time(io, time, run());
  return to_the_end;
}

reading fetched(reading what, scripted_files& files) {
  CHECK(fetch(what, files));
  return what;
}

}  // namespace

TEST_CASE("files elsewhere are fetched, those in the answer are there") {
  scripted_files files([](const std::string& address, unsigned) -> attempt_result {
    return http_response(200, "", "from " + address);
  });
  const reading what = fetched(with_files({"", "http://h/x"}), files);
  CHECK(what.kind == answer_kind::success);
  REQUIRE(what.artifacts.size() == 2);
  CHECK(what.artifacts[0].bytes == "inline");
  CHECK(what.artifacts[1].bytes == "from http://h/x");
  CHECK(files.attempts == 1);
}

TEST_CASE("a failure that may pass is tried again") {
  scripted_files files([](const std::string&, unsigned attempt) -> attempt_result {
    if (attempt == 1) return transport_error(net_errc::connection_lost, "lost");
    return http_response(attempt == 2 ? 503 : 200, "", "x");
  });
  CHECK(fetched(with_files({"http://h/x"}), files).kind == answer_kind::success);
  CHECK(files.attempts == 3);
}

TEST_CASE("a file that cannot be had fails the row, which keeps its answer and its other files") {
  scripted_files files([](const std::string& address, unsigned) -> attempt_result {
    return http_response(address == "http://h/gone" ? 404 : 200, "", "x");
  });
  const reading what = fetched(with_files({"http://h/gone", "http://h/y"}), files);
  CHECK(what.kind == answer_kind::row_failed);
  CHECK(what.code == "file_not_fetched");
  CHECK(what.message == "the file at http://h/gone could not be fetched: status 404");
  CHECK(what.body == "the answer");
  REQUIRE(what.artifacts.size() == 1);
  CHECK(what.artifacts[0].address == "http://h/y");
  CHECK(files.attempts == 2);
}

TEST_CASE("after the run was stopped nothing is tried again") {
  scripted_files files([](const std::string&, unsigned) -> attempt_result {
    return transport_error(net_errc::stopped, "the run was stopped");
  });
  reading what = with_files({"http://h/x"});
  CHECK_FALSE(fetch(what, files));
  CHECK(what.body == "the answer");
  CHECK(files.attempts == 1);
}
