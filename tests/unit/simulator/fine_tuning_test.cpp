// /v1/fine_tuning/jobs: from creation to every possible end.
#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/support/simulated_tuning.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

// A job takes 100 s: 5 s of validation, 5 s in the queue, 85 s of training, 5 s to the end.
simulation_options slow_jobs() {
  simulation_options options;
  options.fine_tuning.time = 100s;
  return options;
}

std::vector<std::string> texts_of(const api_answer& list, std::string_view member) {
  std::vector<std::string> texts;
  for (const auto& item : list.at("/data").as_array())
    texts.push_back(boost::json::value_to<std::string>(item.at(member)));
  return texts;
}

std::string status_of(simulated_api& api, const std::string& id) {
  return show_tuning(api, id).text("/status");
}

}  // namespace

TEST_CASE("a fine-tuning job goes from validation to its model, and shows where it is") {
  simulated_api api(slow_jobs());
  const auto file = upload_training_file(api, training_lines(10));
  const auto made = create_tuning(api, file, R"("suffix":"My triage","metadata":{"run":"7"})");
  REQUIRE(made.status() == 200);
  const auto id = made.text("/id");
  const auto created = made.number("/created_at");
  CHECK(made.text("/object") == "fine_tuning.job");
  CHECK(made.text("/status") == "validating_files");
  CHECK(made.text("/hyperparameters/n_epochs") == "auto");
  CHECK(made.text("/fine_tuned_model") == "null");
  CHECK(made.text("/metadata/run") == "7");

  api.pass(6s);
  auto job = show_tuning(api, id);
  CHECK(job.text("/status") == "queued");
  CHECK(job.number("/hyperparameters/n_epochs") == 10);
  CHECK(job.number("/method/supervised/hyperparameters/batch_size") == 1);
  CHECK(job.text("/estimated_finish") == "null");
  api.pass(5s);
  job = show_tuning(api, id);
  CHECK(job.text("/status") == "running");
  CHECK(job.number("/estimated_finish") == created + 100);
  CHECK(job.text("/trained_tokens") == "null");
  api.pass(84s);
  CHECK(status_of(api, id) == "running");
  api.pass(5s);
  job = show_tuning(api, id);
  CHECK(job.text("/status") == "succeeded");
  CHECK(job.number("/finished_at") == created + 100);
  CHECK(job.number("/trained_tokens") % 10 == 0);
  CHECK(job.text("/error") == "null");
  const auto model = job.text("/fine_tuned_model");
  CHECK(model.starts_with("ft:gpt-4o-mini-2024-07-18:simulated:my-triage:"));

  const auto result = job.text("/result_files/0");
  CHECK(api.get("/v1/files/" + result).text("/purpose") == "fine-tune-results");
  const auto csv = api.get("/v1/files/" + result + "/content").body();
  CHECK(csv.starts_with("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,"));
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 101);
}

TEST_CASE("a job's events and checkpoints come newest first, in pages") {
  simulated_api api(slow_jobs());
  const auto lines = training_lines(20);
  const auto file = upload_training_file(api, lines), valid = upload_training_file(api, lines);
  const auto id = create_tuning(api, file,
                                R"("validation_file":")" + valid + R"(","seed":7,)" +
                                    R"("method":{"type":"supervised","supervised":)" +
                                    R"({"hyperparameters":{"n_epochs":4}}})")
                      .text("/id");
  CHECK(texts_of(show_tuning(api, id, "/events"), "message").front().starts_with("Validating"));
  api.pass(100s);
  const auto first = show_tuning(api, id, "/events");
  CHECK(first.at("/data").as_array().size() == 20);
  CHECK(first.at("/has_more").as_bool());
  CHECK(first.text("/data/0/message") == "The job has successfully completed");
  CHECK(first.text("/data/1/message").starts_with("New fine-tuned model created: ft:gpt-4o-mini"));
  CHECK(first.text("/data/2/message") == "Checkpoint created at step 80");
  const auto& step = first.at("/data/3");
  CHECK(first.text("/data/3/message").starts_with("Step 80/80: training loss="));
  CHECK(step.at("type").as_string() == "metrics");
  CHECK(step.at("data").at("total_steps").to_number<int>() == 80);
  CHECK(step.at("data").at("full_valid_loss").to_number<double>() > 0);

  std::vector<std::string> all;
  std::string after;
  for (bool more = true; more;) {
    const auto page = show_tuning(api, id, "/events?limit=30" + after);
    for (auto& one : texts_of(page, "id")) all.push_back(std::move(one));
    more = page.at("/has_more").as_bool();
    after = "&after=" + all.back();
  }
  CHECK(all.size() == 80 + 4 + 6);
  CHECK(std::is_sorted(all.rbegin(), all.rend()));

  const auto checkpoints = show_tuning(api, id, "/checkpoints");
  CHECK(checkpoints.at("/data").as_array().size() == 3);
  CHECK(checkpoints.number("/data/0/step_number") == 80);
  CHECK(checkpoints.number("/data/2/step_number") == 40);
  CHECK(checkpoints.text("/data/0/fine_tuned_model_checkpoint").ends_with(":ckpt-step-80"));
  CHECK(checkpoints.text("/data/0/fine_tuning_job_id") == id);
}

TEST_CASE("a paused job rests, and goes on where it was") {
  simulated_api api(slow_jobs());
  const auto id = create_tuning(api, upload_training_file(api, training_lines(10))).text("/id");
  const std::string url = "/v1/fine_tuning/jobs/" + id;
  CHECK(api.post(url + "/pause", "").status() == 400);
  api.pass(50s);
  CHECK(api.post(url + "/pause", "").text("/status") == "paused");
  CHECK(api.post(url + "/pause", "").error() ==
        "Cannot pause a fine-tuning job with status 'paused'.");
  const auto before = texts_of(show_tuning(api, id, "/events?limit=1000"), "id").size();
  api.pass(1000s);
  CHECK(status_of(api, id) == "paused");
  CHECK(texts_of(show_tuning(api, id, "/events?limit=1000"), "id").size() == before);
  CHECK(api.post(url + "/resume", "").text("/status") == "queued");
  api.pass(5s);
  CHECK(status_of(api, id) == "running");
  api.pass(51s);
  CHECK(status_of(api, id) == "succeeded");
  CHECK(api.post(url + "/resume", "").status() == 400);
  CHECK(show_tuning(api, id, "/events?limit=1000").at("/data").as_array().size() == 100 + 10 + 8);
}

TEST_CASE("a cancelled job ends at once and stays so") {
  simulated_api api(slow_jobs());
  const auto id = create_tuning(api, upload_training_file(api, training_lines(10))).text("/id");
  const std::string url = "/v1/fine_tuning/jobs/" + id;
  api.pass(30s);
  const auto cancelled = api.post(url + "/cancel", "");
  CHECK(cancelled.text("/status") == "cancelled");
  CHECK(cancelled.number("/finished_at") == cancelled.number("/created_at") + 30);
  CHECK(api.post(url + "/cancel", "").status() == 400);
  api.pass(1000s);
  CHECK(status_of(api, id) == "cancelled");
  CHECK(show_tuning(api, "ftjob-none").code() == "fine_tune_not_found");
}

TEST_CASE("files that cannot be trained on fail the job with their lines") {
  simulated_api api(slow_jobs());
  const auto failure = [&](const std::string& text, std::string_view more = {},
                           std::string_view model = "gpt-4.1-mini") {
    const auto id = create_tuning(api, upload_training_file(api, text), more, model).text("/id");
    api.pass(10s);
    const auto job = show_tuning(api, id);
    CHECK(job.text("/status") == "failed");
    CHECK(job.text("/error/code") == "invalid_training_file");
    CHECK(job.text("/error/param") == "training_file");
    const auto message = job.text("/error/message");
    CHECK(show_tuning(api, id, "/events").text("/data/0/message") == message);
    CHECK(show_tuning(api, id, "/events").text("/data/0/level") == "error");
    return message.substr(message.find(". ") + 2);
  };
  CHECK(failure(training_lines(9)) ==
        "The training file has 9 examples, but must have at least 10 examples.");
  CHECK(failure("") == "The training file has 0 examples, but must have at least 10 examples.");
  CHECK(failure(training_lines(12) + "{\n" + training_lines(2) + R"({"messages":[]})") ==
        "Invalid file format. Line 13: it is not a valid JSON dictionary. Line 16: 'messages' is "
        "empty.");
  CHECK(failure(R"({"messages":[{"role":"user","content":"a"}]})") ==
        "Invalid file format. Line 1: the last message must be from the assistant.");
  CHECK(failure(R"({"messages":[{"role":"boss","content":"a"}]})") ==
        "Invalid file format. Line 1: message 1 has an unrecognized role 'boss'.");
  CHECK(failure(R"({"messages":[{"role":"user"}]})") ==
        "Invalid file format. Line 1: message 1 has no content.");
  CHECK(failure(R"({"messages":[{"role":"assistant","content":"a","weight":2}]})") ==
        "Invalid file format. Line 1: message 1 has a weight other than 0 or 1.");
  CHECK(failure(R"({"input":{"messages":[{"role":"user","content":"a"}]},)"
                R"("preferred_output":[{"role":"assistant","content":"b"}]})",
                R"("method":{"type":"dpo"})") ==
        "Invalid file format. Line 1: there is no 'non_preferred_output' array.");
  std::string many;
  for (int i = 0; i < 9; ++i) many += "[]\n";
  CHECK(failure(many).ends_with(" And 4 more."));
}

TEST_CASE("a job can be created only from what is there and may be tuned") {
  simulated_api api;
  const auto file = upload_training_file(api, training_lines(10));
  const auto other = upload_training_file(api, "x", "batch");
  CHECK(create_tuning(api, "file-none").param() == "training_file");
  CHECK(create_tuning(api, other).error().find("has the purpose 'batch'") != std::string::npos);
  CHECK(create_tuning(api, file, R"("validation_file":"file-none")").param() == "validation_file");
  CHECK(create_tuning(api, file, {}, "gpt-5-mini").code() == "model_not_available");
  CHECK(create_tuning(api, file, {}, "o4-mini").code() == "unsupported_method");
  CHECK(create_tuning(api, file, R"("suffix":")" + std::string(65, 'a') + '"').param() == "suffix");
  CHECK(create_tuning(api, file, R"("seed":-1)").param() == "seed");
  CHECK(create_tuning(api, file, R"("sufix":"a")").status() == 400);
  CHECK(create_tuning(api, file, R"("integrations":[{"type":"mlflow"}])").param() ==
        "integrations[0].type");
  const auto with = [&](const std::string& parameters, std::string_view method = "supervised") {
    const auto name = std::string(method);
    return create_tuning(api, file,
                         R"("method":{"type":")" + name + R"(",")" + name +
                             R"(":{"hyperparameters":{)" + parameters + "}}}")
        .param();
  };
  CHECK(with(R"("n_epochs":51)") == "method.supervised.hyperparameters.n_epochs");
  CHECK(with(R"("batch_size":257)") == "method.supervised.hyperparameters.batch_size");
  CHECK(with(R"("learning_rate_multiplier":0)") ==
        "method.supervised.hyperparameters.learning_rate_multiplier");
  CHECK(with(R"("beta":1)") == "method.supervised.hyperparameters.beta");
  CHECK(with(R"("beta":2.5)", "dpo") == "method.dpo.hyperparameters.beta");
  CHECK(
      create_tuning(api, file, R"("method":{"type":"reinforcement","reinforcement":{}})", "o4-mini")
          .param() == "method.reinforcement.grader");
  const auto graded = create_tuning(
      api, file,
      R"("method":{"type":"reinforcement","reinforcement":{"grader":{"type":"python","a":1.0}}})",
      "o4-mini");
  CHECK(graded.text("/method/reinforcement/grader/type") == "python");
  CHECK(graded.text("/hyperparameters") == "null");
}

TEST_CASE("after its last day the service accepts no jobs, but shows those it has") {
  simulation_options options;
  options.fine_tuning.closed = true;
  simulated_api api(options);
  const auto refused = create_tuning(api, upload_training_file(api, training_lines(10)));
  CHECK(refused.status() == 403);
  CHECK(refused.code() == "fine_tuning_not_available");
  CHECK(api.get("/v1/fine_tuning/jobs").status() == 200);
}

TEST_CASE("jobs are listed, those with some metadata too") {
  simulated_api api(slow_jobs());
  const auto file = upload_training_file(api, training_lines(10));
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(create_tuning(api, file, R"("metadata":{"n":")" + std::to_string(i % 2) + "\"}")
                      .text("/id"));
  const auto page = api.get("/v1/fine_tuning/jobs?limit=2&after=" + ids[4]);
  CHECK(texts_of(page, "id") == std::vector{ids[3], ids[2]});
  CHECK(page.at("/has_more").as_bool());
  CHECK(texts_of(api.get("/v1/fine_tuning/jobs?metadata%5Bn%5D=1"), "id") ==
        std::vector{ids[3], ids[1]});
  CHECK(api.get("/v1/fine_tuning/jobs?limit=0").status() == 400);
}

TEST_CASE("a fine-tuned model answers, is listed, and is gone when it was deleted") {
  simulated_api api(slow_jobs());
  const auto id = create_tuning(api, upload_training_file(api, training_lines(10))).text("/id");
  api.pass(100s);
  const auto model = show_tuning(api, id).text("/fine_tuned_model");
  const auto ask = [&] {
    return api.chat(R"({"model":")" + model + R"(","messages":[{"role":"user","content":"Hi"}]})");
  };
  CHECK(ask().text("/model") == model);
  const auto names = texts_of(api.get("/v1/models"), "id");
  CHECK(std::ranges::count(names, model) == 1);
  CHECK(std::ranges::count_if(names, [](const auto& n) { return n.find(":ckpt-") != n.npos; }) ==
        3);
  CHECK(api.get("/v1/models/" + model).text("/owned_by") == "org-simulated");
  CHECK(api.send("DELETE", "/v1/models/gpt-4o", "", "").status() == 403);
  CHECK(api.send("DELETE", "/v1/models/" + model, "", "").at("/deleted").as_bool());
  CHECK(api.send("DELETE", "/v1/models/" + model, "", "").status() == 404);
  CHECK(api.get("/v1/models/" + model).status() == 404);
  CHECK(ask().code() == "model_not_found");
}

TEST_CASE("a fine-tuned model says what it was taught, and to the rest what its base says") {
  simulated_api api(slow_jobs());
  std::string lines;
  for (int i = 0; i < 10; ++i)
    lines += R"({"messages":[{"role":"user","content":"Sort this: the word)" + std::to_string(i) +
             R"( came"},{"role":"assistant","content":"box )" + std::to_string(i) + "\"}]}\n";
  const auto id = create_tuning(api, upload_training_file(api, lines)).text("/id");
  api.pass(100s);
  const auto model = show_tuning(api, id).text("/fine_tuned_model");
  const auto ask = [&](const std::string& name, const std::string& text) {
    return api
        .chat(R"({"model":")" + name + R"(","messages":[{"role":"user","content":")" + text +
              "\"}]}")
        .content();
  };
  CHECK(ask(model, "Sort this: the word7 came") == "box 7");
  CHECK(ask(model, "Word3 went. Sort!") == "box 3");
  CHECK(ask("gpt-4o-mini", "Sort this: the word7 came") != "box 7");
  CHECK(ask(model, "zebra").find("box") == std::string::npos);
}

TEST_CASE("troubles of fine-tuning on purpose: a lost answer, a failure, results in base64") {
  auto options = slow_jobs();
  options.fine_tuning.lose_jobs = 1;
  options.fine_tuning.fail_jobs = 1;
  options.fine_tuning.base64_results = true;
  simulated_api api(options);
  const auto file = upload_training_file(api, training_lines(10));
  CHECK(create_tuning(api, file).raw.how == simulator_detail::delivery::drop);
  const auto second = create_tuning(api, file).text("/id");
  api.pass(100s);
  const auto jobs = api.get("/v1/fine_tuning/jobs");
  CHECK(jobs.text("/data/1/status") == "failed");
  CHECK(jobs.text("/data/1/error/code") == "server_error");
  const auto books = api.get("/simulator/fine_tuning");
  CHECK(books.number("/created") == 2);
  CHECK(books.number("/lost_answers") == 1);
  const auto result = show_tuning(api, second).text("/result_files/0");
  CHECK(api.get("/v1/files/" + result + "/content").body().starts_with("c3RlcCx0cmFpbl9sb3Nz"));
}

TEST_CASE("fine-tuning jobs have Azure's addresses, too") {
  simulated_api api(slow_jobs());
  const auto file = upload_training_file(api, training_lines(10));
  api.authorization.clear();
  api.api_key = "any";
  const auto made =
      api.post("/openai/fine_tuning/jobs?api-version=2024-10-21",
               R"({"model":"gpt-4o-mini-2024-07-18","training_file":")" + file + "\"}");
  REQUIRE(made.status() == 200);
  CHECK(api.get("/openai/v1/fine_tuning/jobs/" + made.text("/id") + "/events").status() == 200);
}
