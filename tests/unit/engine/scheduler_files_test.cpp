// Answers that name files, and runs that are stopped while these are fetched.
#include <boost/asio/co_spawn.hpp>

#include "tests/fakes/scripted_files.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/engine/scheduler_fixture.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

/// Answers hold the address of a file, which is their text.
class addressing_job final : public row_job {
 public:
  boost::system::result<prepared_request, row_failure> prepare(const row& r) const override {
    return echo_.prepare(r);
  }
  reading read(http_response response) const override {
    const std::string address(json::unquote(json::member(response.body, "url").value()).value());
    reading what = echo_.read(std::move(response));
    what.artifacts.emplace_back(0, "png", "").address = address;
    return what;
  }
  std::string read_file(http_response response, artifact& file) const override {
    file.bytes = std::move(response.body);
    return {};
  }

 private:
  echo_job echo_;
};

class fixture : public scheduler_fixture {
 public:
  fixture() : scheduler_fixture(20) {
    run_another(addressing);
    spec.limits.concurrency = 3;
  }

  /// As a new process.
  void run_with(scripted_files& source) {
    time.revive();
    paid_answers kept_before(paths.paid());
    paid = &kept_before;
    files_elsewhere = &source;
    run(
        [](const http_request& r, unsigned) -> attempt_result {
          return http_response(200, "", R"({"url":"http://h/)" + r.body.substr(4) + "\"}");
        },
        quick);
  }

  addressing_job addressing;
};

attempt_result stopped() {
  return transport_error(net_errc::stopped, "the run was stopped");
}

}  // namespace

TEST_CASE("a paid answer whose file was not fetched when the run was stopped is not asked again") {
  fixture f;
  bool aborted = false;
  scripted_files broken_off([&](const std::string& address, unsigned) -> attempt_result {
    if (address == "http://h/7") {
      f.engine->abort();
      aborted = true;
    }
    return aborted ? stopped() : attempt_result(http_response(200, "", "bytes"));
  });
  f.run_with(broken_off);
  CHECK(f.summary.end == run_end::interrupted);
  CHECK(f.summary.rows_failed == 0);
  CHECK(f.output_lines().size() <= 7);
  const unsigned asked = f.wire->attempts;

  std::vector<std::string> fetched;
  scripted_files well([&](const std::string& address, unsigned) -> attempt_result {
    fetched.push_back(address);
    return http_response(200, "", "bytes");
  });
  f.run_with(well);
  CHECK(f.summary.end == run_end::complete);
  CHECK(f.rows_in_order() == 20);
  CHECK(f.wire->times_sent("row 7") == 0);
  CHECK(std::ranges::count(fetched, "http://h/7") == 1);
  CHECK(f.summary.rows_ok == 20);
  CHECK(asked + f.wire->attempts <= 20 + 3);  // as many were in flight
}

TEST_CASE("where no answer can be kept, a row fails with it") {
  fixture f;
  scripted_files broken_off([&](const std::string&, unsigned) -> attempt_result {
    f.engine->abort();
    return stopped();
  });
  paid_answers nowhere("");
  f.paid = &nowhere;
  f.files_elsewhere = &broken_off;
  f.run([](auto&, unsigned) { return http_response(200, "", R"({"url":"http://h/1"})"); }, quick);
  REQUIRE_FALSE(f.output_lines().empty());
  CHECK_THAT(f.output_lines()[0],
             ContainsSubstring("file_not_fetched") && ContainsSubstring(R"({"url":"http://h/1"})"));
}

TEST_CASE("a paid answer for another request than the row's is not taken") {
  fixture f;
  std::filesystem::create_directory(f.paths.folder);
  paid_answers others(f.paths.paid());
  REQUIRE(others.keep(7, paid_answer(1, "", R"({"url":"http://h/other"})")));
  scripted_files well([&](const std::string& address, unsigned) -> attempt_result {
    CHECK(address != "http://h/other");
    return http_response(200, "", "bytes");
  });
  f.run_with(well);
  CHECK(f.wire->attempts == 20);
}
