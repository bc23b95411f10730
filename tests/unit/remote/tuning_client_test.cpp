#include "runner/remote/tuning_client.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/remote/client_fixture.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

struct tuning_fixture : client_fixture {
  tuning_client& tuning() {
    if (!made_) made_.emplace(wire, time, api_paths(api), spec, 1);
    return *made_;
  }

 private:
  std::optional<tuning_client> made_;
};

tuning_order order() {
  tuning_order o;
  o.model = "gpt-4.1-mini";
  o.training_file = "file-t";
  return o;
}

std::string job_text(const std::string& id, const std::string& status,
                     const std::string& more = "") {
  return R"({"id":")" + id + R"(","status":")" + status + '"' + more + '}';
}

}  // namespace

TEST_CASE_METHOD(tuning_fixture, "a fine-tuning job is created with all that was ordered") {
  script = [](const http_request&, unsigned) { return answer(200, job_text("ftjob-1", "queued")); };
  REQUIRE(finish(tuning().create_job(order())).has_value());
  CHECK(requests[0].body == R"({"model":"gpt-4.1-mini","training_file":"file-t"})");
  tuning_order full = order();
  full.validation_file = "file-v";
  full.suffix = "a\"b";
  full.seed = 7;
  full.method = R"({"type":"dpo","dpo":{"hyperparameters":{"beta":0.10}}})";
  full.integrations = "[]";
  full.metadata.emplace_back("k", "v");
  const auto job = finish(tuning().create_job(full));
  REQUIRE(job.has_value());
  CHECK(job->id == "ftjob-1");
  CHECK(job->status == tuning_status::queued);
  CHECK(asked[1] == "POST /v1/fine_tuning/jobs");
  CHECK(wire.last_terms.once);
  CHECK(requests[1].body ==
        R"({"model":"gpt-4.1-mini","training_file":"file-t","validation_file":"file-v",)"
        R"("suffix":"a\"b","seed":7,)"
        R"("method":{"type":"dpo","dpo":{"hyperparameters":{"beta":0.10}}},"integrations":[],)"
        R"("metadata":{"k":"v"}})");
}

TEST_CASE_METHOD(tuning_fixture, "a job's creation whose answer is lost is not made again") {
  const attempt_result bad = GENERATE(attempt_result(lost()), attempt_result(answer(500, "")),
                                      attempt_result(answer(200, "<html>")));
  script = [&](const http_request&, unsigned) { return bad; };
  const auto job = finish(tuning().create_job(order()));
  REQUIRE(job.has_error());
  CHECK(job.error().kind == failure_kind::unknown_outcome);
  CHECK(asked.size() == 1);
}

TEST_CASE_METHOD(tuning_fixture,
                 "jobs are found by their metadata on all pages that are new enough") {
  const std::string mine = R"(,"created_at":9000000,"metadata":{"s":"1"})";
  script = [&](const http_request& request, unsigned) {
    if (request.target.find("after") == std::string::npos) {
      return answer(200, R"({"data":[)" + job_text("ftjob-3", "queued", mine) + ',' +
                             job_text("ftjob-2", "queued", R"(,"created_at":9000000)") +
                             R"(],"has_more":true})");
    }
    return answer(200, R"({"data":[)" + job_text("ftjob-1", "failed", mine) + ',' +
                           job_text("ftjob-0", "failed", R"(,"created_at":5)") +
                           R"(],"has_more":true})");
  };
  const auto found = finish(tuning().find_jobs("s", "1", 9000000));
  REQUIRE(found.has_value());
  REQUIRE(found->size() == 2);
  CHECK((*found)[1].id == "ftjob-1");
  CHECK(asked == std::vector<std::string>{"GET /v1/fine_tuning/jobs?limit=100",
                                          "GET /v1/fine_tuning/jobs?limit=100&after=ftjob-2"});
}

TEST_CASE_METHOD(tuning_fixture,
                 "a job is cancelled, paused and resumed; where it is there it stays") {
  std::string status = "running";
  script = [&](const http_request& request, unsigned) {
    if (request.target.ends_with("/cancel")) status = "cancelled";
    if (request.target.ends_with("/pause")) status = "paused";
    if (request.target.ends_with("/resume")) status = "queued";
    return answer(200, job_text("ftjob-1", status));
  };
  CHECK(finish(tuning().resume_job("ftjob-1"))->status_text == "running");
  CHECK(asked.size() == 1);
  CHECK(finish(tuning().pause_job("ftjob-1"))->status_text == "paused");
  CHECK(asked.back() == "POST /v1/fine_tuning/jobs/ftjob-1/pause");
  CHECK(finish(tuning().pause_job("ftjob-1"))->status_text == "paused");
  CHECK(finish(tuning().resume_job("ftjob-1"))->status_text == "queued");
  CHECK(finish(tuning().cancel_job("ftjob-1"))->status_text == "cancelled");
  CHECK(finish(tuning().cancel_job("ftjob-1"))->status_text == "cancelled");
  CHECK(asked.size() == 1 + 2 + 1 + 2 + 2 + 1);
}

TEST_CASE_METHOD(tuning_fixture,
                 "a change that was made though its second attempt is refused counts") {
  bool paused = false;
  script = [&](const http_request& request, unsigned) -> attempt_result {
    if (!request.target.ends_with("/pause")) {
      return answer(200, job_text("ftjob-1", paused ? "paused" : "running"));
    }
    if (paused) return answer(400, R"({"error":{"message":"Cannot pause."}})");
    paused = true;
    return lost();
  };
  const auto job = finish(tuning().pause_job("ftjob-1"));
  REQUIRE(job.has_value());
  CHECK(job->status == tuning_status::paused);
}

TEST_CASE_METHOD(tuning_fixture, "events and checkpoints are read page by page") {
  script = [](const http_request& request, unsigned) {
    if (request.target.find("/events") != std::string::npos) {
      return answer(200, R"({"data":[
        {"id":"ftevent-2","created_at":5,"level":"info","message":"Step 3/9","type":"metrics",
         "data":{"step":3,"train_loss":1.5e0,"train_accuracy":0.5,"total_steps":9,"valid_loss":null}},
        {"id":"ftevent-1","created_at":4,"level":"warn","message":"hm","type":"message",
         "data":null}],"has_more":true})");
    }
    return answer(200, R"({"data":[{"id":"ftckpt_1","created_at":5,"step_number":88,
      "fine_tuned_model_checkpoint":"ft:a:b::c:ckpt-step-88",
      "metrics":{"full_valid_loss":0.5}}],"has_more":false})");
  };
  const auto events = finish(tuning().list_events("ftjob-1", "ftevent-3", 2));
  REQUIRE(events.has_value());
  CHECK(asked[0] == "GET /v1/fine_tuning/jobs/ftjob-1/events?limit=2&after=ftevent-3");
  CHECK(events->has_more);
  CHECK(events->last_id == "ftevent-1");
  REQUIRE(events->items.size() == 2);
  REQUIRE(events->items[0].metrics);
  CHECK(events->items[0].metrics->train_loss == 1.5);
  CHECK(events->items[0].metrics->train_accuracy == 0.5);
  CHECK(events->items[0].metrics->total_steps == 9);
  CHECK_FALSE(events->items[0].metrics->valid_loss);
  CHECK_FALSE(events->items[1].metrics);
  const auto checkpoints = finish(tuning().list_checkpoints("ftjob-1", "", 10));
  REQUIRE(checkpoints.has_value());
  CHECK(checkpoints->items.at(0).metrics.step == 88);
  CHECK(checkpoints->items.at(0).metrics.full_valid_loss == 0.5);
}

TEST_CASE("a fine-tuning job is read with all that it says") {
  const auto job = read_tuning_job(R"({"object":"fine_tuning.job","id":"ftjob-1",
    "model":"gpt-4.1-mini-2025-04-14","created_at":1,"finished_at":9,"fine_tuned_model":"ft:x",
    "result_files":["file-r"],"status":"failed","validation_file":"file-v","training_file":"file-t",
    "hyperparameters":null,"trained_tokens":5768,
    "error":{"code":"invalid_training_file","message":"Bad.","param":"training_file"},"seed":7,
    "estimated_finish":12,"user_provided_suffix":"a","metadata":{"k":"v"},
    "method":{"type":"dpo","dpo":{"hyperparameters":{"beta":0.10,"n_epochs":"auto"}}}})");
  REQUIRE(job.has_value());
  CHECK(job->status == tuning_status::failed);
  CHECK(job->tuned_model == "ft:x");
  CHECK(job->result_files == std::vector<std::string>{"file-r"});
  CHECK(job->trained_tokens == 5768);
  CHECK(job->problem->code == "invalid_training_file");
  CHECK(job->method == "dpo");
  CHECK(job->hyperparameters ==
        std::vector<std::pair<std::string, std::string>>{{"beta", "0.10"}, {"n_epochs", "auto"}});
  CHECK(job->seed == 7);
  CHECK(job->suffix == "a");
  CHECK(job->tag("k") == "v");
}

TEST_CASE("older servers, empty errors and strange words are read, too") {
  const auto job = read_tuning_job(
      R"({"id":"ftjob-1","status":"pondering","error":{"code":null,"message":null,"param":null},
          "hyperparameters":{"n_epochs":4},"trained_tokens":null})");
  REQUIRE(job.has_value());
  CHECK(job->status == tuning_status::unknown);
  CHECK_FALSE(is_final(job->status));
  CHECK_FALSE(job->problem);
  CHECK_FALSE(job->trained_tokens);
  CHECK(job->hyperparameters.at(0).second == "4");
  CHECK(read_tuning_job(R"({"id":"j","status":"notRunning"})")->status == tuning_status::queued);
  CHECK(read_tuning_job(R"({"id":"j","error":{}})")->status_text.empty());
  CHECK(read_tuning_job("{}").has_error());
}
