#include "runner/fine_tuning/watch.hpp"

#include <boost/asio/co_spawn.hpp>

#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/fake_tuning_api.hpp"
#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

struct recording_display final : tuning_display {
  void event(const remote_tuning_event& event) override { told.push_back(event.message); }
  void look_at(const remote_tuning_job& job, unix_seconds) override {
    states.push_back(job.status_text);
  }
  void notice(severity, std::string_view sentence) override { notices.emplace_back(sentence); }
  void finished() override {}

  std::vector<std::string> told, states, notices;
};

struct watch_fixture {
  watch_fixture() {
    remote_tuning_job job;
    job.id = "ftjob-1";
    set(job, tuning_status::queued);
    server.jobs.push_back(job);
  }

  static void set(remote_tuning_job& job, tuning_status status) {
    job.status = status;
    job.status_text = to_string(status);
  }

  void happen(const std::string& message) {
    remote_tuning_event event;
    event.id = "ftevent-" + std::to_string(server.events.size());
    event.message = message;
    server.events.push_back(event);
  }

  remote_result<remote_tuning_job> watch(const std::string& id = "ftjob-1") {
    tuning_watch watching(server, time, display, 5s);
    std::optional<remote_result<remote_tuning_job>> result;
    const auto task = [&]() -> awaitable<void> {
      auto job = co_await watching.run(id);
      result.emplace(std::move(job));
    };
    run_in_fake_time(io, time, task());
    return std::move(*result);
  }

  boost::asio::io_context io{1};
  fake_clock time{io.get_executor()};
  fake_tuning_api server{time};
  recording_display display;
};

}  // namespace

TEST_CASE_METHOD(watch_fixture, "a watched job's events are told once, in their order") {
  for (int i = 0; i < 5; ++i) happen(std::to_string(i));
  server.at_look = [this](fake_tuning_api& api) {
    if (api.looks == 2) happen("5");
    if (api.looks == 3) set(api.jobs[0], tuning_status::running);
    if (api.looks < 4) return;
    for (int i = 6; i < 14; ++i) happen(std::to_string(i));
    set(api.jobs[0], tuning_status::succeeded);
  };
  const auto job = watch();
  REQUIRE(job.has_value());
  CHECK(job->status == tuning_status::succeeded);
  CHECK(display.told == std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
                                                 "10", "11", "12", "13"});
  CHECK(display.states == std::vector<std::string>{"queued", "queued", "running", "succeeded"});
  CHECK(server.event_pages == 2 + 1 + 1 + 3);
}

TEST_CASE_METHOD(watch_fixture, "a job that is not there ends the watch") {
  const auto job = watch("ftjob-none");
  REQUIRE(job.has_error());
  CHECK(job.error().kind == failure_kind::gone);
}
