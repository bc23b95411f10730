#include "runner/fine_tuning/submission.hpp"

#include <boost/asio/co_spawn.hpp>

#include "runner/fine_tuning/fingerprint.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/fake_tuning_api.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

struct submission_fixture {
  submission_fixture() {
    spec.training_file = folder.write("train.jsonl", "one\n");
    spec.validation_file = folder.write("valid.jsonl", "two\n");
    spec.model = "gpt-4.1-mini";
  }

  /// As a process of its own; nothing when it was killed.
  std::optional<remote_result<remote_tuning_job>> submit() {
    submission_terms terms;
    terms.id = "abc";
    terms.tell = [this](severity, std::string_view sentence) { said.emplace_back(sentence); };
    submission_book book(folder.path("s/book.sqlite"));
    submission steps(spec, terms, server, server, time, book);
    std::optional<remote_result<remote_tuning_job>> result;
    const auto task = [&]() -> awaitable<void> {
      auto job = co_await steps.run();
      result.emplace(std::move(job));
    };
    try {
      run_in_fake_time(io, time, task());
    } catch (const killed&) {
      return std::nullopt;
    }
    return result;
  }

  temporary_folder folder;
  tuning_spec spec;
  boost::asio::io_context io{1};
  fake_clock time{io.get_executor()};
  fake_tuning_api server{time};
  std::vector<std::string> said;
};

}  // namespace

TEST_CASE_METHOD(submission_fixture, "a submission uploads its files and creates its job, once") {
  spec.suffix = "triage";
  spec.seed = 7;
  spec.method = "dpo";
  spec.hyperparameters = R"({"beta":0.10})";
  spec.metadata.emplace_back("team", "x");
  const auto job = submit();
  REQUIRE(job);
  REQUIRE(job->has_value());
  CHECK((*job)->id == "ftjob-1");
  REQUIRE(server.files.size() == 2);
  CHECK(server.files[0].filename == "batchmill-abc-training.jsonl");
  CHECK(server.files[0].purpose == "fine-tune");
  CHECK(server.texts["file-2"] == "two\n");
  const tuning_order& order = server.orders.at(0);
  CHECK(order.training_file == "file-1");
  CHECK(order.validation_file == "file-2");
  CHECK(order.method == R"({"type":"dpo","dpo":{"hyperparameters":{"beta":0.10}}})");
  CHECK(order.seed == 7);
  CHECK(order.metadata == std::vector<std::pair<std::string, std::string>>{
                              {"team", "x"}, {submission_tag, "abc"}, {"batchmill_try", "1"}});

  const auto second = submit();
  CHECK((*second)->id == "ftjob-1");
  CHECK(server.files.size() == 2);
  CHECK(server.jobs.size() == 1);
}

TEST_CASE_METHOD(submission_fixture, "killed at any step, a submission makes nothing twice") {
  server.die_at = GENERATE("upload.before:1", "upload.after:1", "upload.before:2", "upload.after:2",
                           "create.before:1", "create.after:1");
  CAPTURE(server.die_at);
  CHECK_FALSE(submit());
  const auto job = submit();
  REQUIRE(job);
  REQUIRE(job->has_value());
  CHECK(server.files.size() == 2);
  CHECK(server.jobs.size() == 1);
  CHECK(server.orders.at(0).training_file == "file-1");
}

TEST_CASE_METHOD(submission_fixture, "a job whose creation had no answer is looked for") {
  server.lose_jobs = 1;
  server.appear_late = 30s;
  const auto begun = time.now();
  const auto job = submit();
  REQUIRE(job->has_value());
  CHECK((*job)->id == "ftjob-1");
  CHECK(server.jobs.size() == 1);
  CHECK(time.now() - begun >= 30s);
  CHECK(said.back().starts_with("an earlier attempt"));
}

TEST_CASE_METHOD(submission_fixture, "a creation that never arrived is made again after a while") {
  server.lose_jobs = 1;
  server.forget = true;
  const auto begun = time.now();
  const auto job = submit();
  REQUIRE(job->has_value());
  CHECK(server.jobs.size() == 1);
  CHECK(time.now() - begun >= 2min);
  CHECK(server.orders.at(0).metadata.back().second == "2");
}

TEST_CASE_METHOD(submission_fixture, "a file whose upload had no answer is looked for") {
  server.lose_files = 1;
  server.forget = GENERATE(false, true);
  REQUIRE(submit()->has_value());
  CHECK(server.files.size() == 2);
}

TEST_CASE_METHOD(submission_fixture,
                 "a server that never answers is given up, not asked for ever") {
  server.lose_jobs = 100;
  server.forget = true;
  const auto job = submit();
  REQUIRE(job->has_error());
  CHECK(job->error().kind == failure_kind::unknown_outcome);
  CHECK(server.lose_jobs == 95);
}

TEST_CASE_METHOD(submission_fixture, "a job that is refused leaves the files, for the next time") {
  server.refuses = remote_failure(failure_kind::denied, 403, "fine_tuning_not_available", "closed");
  CHECK(submit()->error().status == 403);
  server.refuses.reset();
  REQUIRE(submit()->has_value());
  CHECK(server.files.size() == 2);
  CHECK(server.jobs.size() == 1);
}

TEST_CASE_METHOD(submission_fixture, "a submission is known by its terms and its data") {
  const std::string terms = fingerprint_of_terms(spec);
  const std::string data = fingerprint_of_file(spec.training_file);
  spec.way.api.base_url = "http://elsewhere/v1";
  CHECK(fingerprint_of_terms(spec) == terms);
  spec.seed = 0;
  CHECK(fingerprint_of_terms(spec) != terms);
  folder.write("train.jsonl", "One\n");
  CHECK(fingerprint_of_file(spec.training_file) != data);
  CHECK(fingerprint_of_file("").empty());
  CHECK_THROWS(fingerprint_of_file(folder.path("none")));
}

TEST_CASE_METHOD(submission_fixture, "the job that was submitted from a spec is found by it") {
  CHECK(look_at_submitted_job(folder.path("a.yaml")).empty());
  submission_book book(submission_book_path(folder.path("a.yaml")));
  submitted job;
  job.state = submission_state::made;
  job.id = "ftjob-9";
  book.save("job", job);
  CHECK(look_at_submitted_job(folder.path("a.yaml")) == "ftjob-9");
}

TEST_CASE("the method of a job is as the API has it") {
  tuning_spec spec;
  CHECK(method_json(spec).empty());
  spec.hyperparameters = R"({"n_epochs":3})";
  CHECK(method_json(spec) ==
        R"({"type":"supervised","supervised":{"hyperparameters":{"n_epochs":3}}})");
  spec.method = "reinforcement";
  spec.grader = R"({"type":"python"})";
  CHECK(method_json(spec) ==
        R"({"type":"reinforcement","reinforcement":{"hyperparameters":{"n_epochs":3},)"
        R"("grader":{"type":"python"}}})");
}
