#include "runner/progress/tuning_text.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

constexpr unix_seconds now = 1'000'000;

remote_tuning_job done() {
  remote_tuning_job job;
  job.id = "ftjob-1";
  job.status = tuning_status::succeeded;
  job.status_text = "succeeded";
  job.model = "gpt-4.1-mini-2025-04-14";
  job.tuned_model = "ft:gpt-4.1-mini-2025-04-14:acme::x";
  job.training_file = "file-t";
  job.result_files = {"file-r"};
  job.created_at = now - 7200;
  job.finished_at = now - 3600;
  job.trained_tokens = 1'234'567;
  job.metadata.emplace_back("k", "v\x1b[1m");
  return job;
}

remote_checkpoint checkpoint() {
  remote_checkpoint c;
  c.id = "ftckpt_1";
  c.model = "ft:x:ckpt-step-88";
  c.metrics.step = 88;
  c.metrics.full_valid_loss = 0.5;
  return c;
}

}  // namespace

TEST_CASE("fine-tuning jobs and checkpoints stand in tables") {
  const std::vector<remote_tuning_job> jobs{done()};
  CHECK(table_of(jobs, now) ==
        "ID       STATE      AGE  TRAINED TOKENS  BASE                     MODEL\n"
        "ftjob-1  succeeded   2h       1,234,567  gpt-4.1-mini-2025-04-14  "
        "ft:gpt-4.1-mini-2025-04-14:acme::x\n");
  const std::vector<remote_checkpoint> checkpoints{checkpoint()};
  CHECK(table_of(checkpoints, now).find("88     -           0.5000") != std::string::npos);
}

TEST_CASE("all of a fine-tuning job is told, for people and as JSON") {
  const auto text = details_of(done(), now);
  CHECK(text.find("model       ft:gpt-4.1-mini-2025-04-14:acme::x\n") != std::string::npos);
  CHECK(text.find("metadata    k = v\\x1b[1m\n") != std::string::npos);
  const auto json = json_of(done()).line();
  CHECK(json.find(R"("trained_tokens":1234567)") != std::string::npos);
  CHECK(json.find(R"("estimated_finish":null)") != std::string::npos);
}

TEST_CASE("the end of a job tells its model, checkpoints, tokens and cost") {
  const std::vector<remote_checkpoint> checkpoints{checkpoint()};
  const auto text =
      tuning_summary(done(), checkpoints, money::dollars(6.17), "ftjob-1.metrics.csv");
  CHECK(text ==
        "job         ftjob-1 succeeded\n"
        "model       ft:gpt-4.1-mini-2025-04-14:acme::x\n"
        "checkpoint  ft:x:ckpt-step-88  step 88, loss 0.5000\n"
        "tokens      1,234,567 trained\n"
        "cost        $6.17\n"
        "took        1h\n"
        "metrics     ftjob-1.metrics.csv\n");
  CHECK(tuning_summary(done(), {}, std::nullopt, "").find("cost        unknown\n") !=
        std::string::npos);
}

TEST_CASE("an event's line tells when it was and how grave it is") {
  remote_tuning_event event;
  event.created_at = 0;
  event.level = "error";
  event.message = "bad\nthing";
  CHECK(event_line(event) == "1970-01-01T00:00:00Z  error: bad\\nthing");
}
