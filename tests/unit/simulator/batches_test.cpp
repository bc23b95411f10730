// /v1/batches: from creation to every possible end.
#include <algorithm>
#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/simulated_batch.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

// A batch takes 100 s: 5 s of validation, 90 s of work, 5 s to the end.
simulation_options slow_batches() {
  simulation_options options;
  options.batches.time = 100s;
  return options;
}

std::vector<std::string> ids_in(const std::vector<boost::json::value>& lines) {
  std::vector<std::string> ids;
  for (const auto& line : lines) ids.push_back(custom_id(line));
  return ids;
}

std::string code_of(const api_answer& batch) {
  return batch.at("/errors").is_null() ? "" : batch.text("/errors/data/0/code");
}

}  // namespace

TEST_CASE("a batch goes from validation to its end, and shows where it is") {
  simulated_api api(slow_batches());
  const auto made = create_batch(api, batch_lines(9), chat_url, R"("metadata":{"run":"7"})");
  REQUIRE(made.status() == 200);
  const auto id = made.text("/id");
  const auto created = made.number("/created_at");
  CHECK(made.text("/object") == "batch");
  CHECK(made.text("/status") == "validating");
  CHECK(made.text("/completion_window") == "24h");
  CHECK(made.text("/metadata/run") == "7");
  CHECK(made.number("/expires_at") == created + 24 * 3600);
  CHECK(made.number("/request_counts/total") == 0);
  CHECK(made.text("/in_progress_at") == "null");

  api.pass(4s);
  CHECK(show_batch(api, id).text("/status") == "validating");
  api.pass(51s);
  auto batch = show_batch(api, id);
  CHECK(batch.text("/status") == "in_progress");
  CHECK(batch.text("/model") == "gpt-4o-mini");
  CHECK(batch.number("/in_progress_at") == created + 5);
  CHECK(batch.number("/request_counts/total") == 9);
  CHECK(batch.number("/request_counts/completed") == 5);
  CHECK(batch.text("/output_file_id") == "null");
  api.pass(41s);
  batch = show_batch(api, id);
  CHECK(batch.text("/status") == "finalizing");
  CHECK(batch.number("/finalizing_at") == created + 95);
  api.pass(4s);
  batch = show_batch(api, id);
  CHECK(batch.text("/status") == "completed");
  CHECK(batch.number("/completed_at") == created + 100);
  CHECK(batch.number("/request_counts/completed") == 9);
  CHECK(batch.number("/usage/input_tokens") > 0);
  CHECK(batch.number("/usage/total_tokens") ==
        batch.number("/usage/input_tokens") + batch.number("/usage/output_tokens"));
  CHECK(batch.text("/error_file_id") == "null");
  CHECK(api.counters().executed == 9);
}

TEST_CASE("each request is answered once, as online, and in another order") {
  simulated_api api(slow_batches());
  const auto id = create_batch(api, batch_lines(50)).text("/id");
  api.pass(100s);
  const auto file = show_batch(api, id).text("/output_file_id");
  CHECK(api.get("/v1/files/" + file).text("/purpose") == "batch_output");
  const auto lines = lines_of(api, file);
  REQUIRE(lines.size() == 50);
  std::set<std::string> ids;
  for (const auto& line : lines) {
    ids.insert(custom_id(line));
    CHECK(line.at("error").is_null());
    CHECK(line.at_pointer("/response/status_code").as_int64() == 200);
    const auto online = api.chat(chat_body("Say " + custom_id(line).substr(4) + "."));
    CHECK(line.at_pointer("/response/body") == online.json);
  }
  CHECK(ids.size() == 50);
  CHECK(custom_id(lines[0]) + custom_id(lines[1]) + custom_id(lines[2]) != "row-0row-1row-2");

  simulated_api again(slow_batches());
  const auto same = create_batch(again, batch_lines(50)).text("/id");
  again.pass(100s);
  CHECK(ids_in(lines_of(again, show_batch(again, same).text("/output_file_id"))) == ids_in(lines));
}

TEST_CASE("numbers in a batch's output are written as online") {
  simulated_api api;
  const std::string body = R"({"model":"text-embedding-3-small","input":"a b"})";
  const auto id = create_batch(api, batch_line("v", body, "/v1/embeddings"), "/v1/embeddings");
  api.pass(1min);
  auto online = api.post("/v1/embeddings", body).raw.body;
  std::erase_if(online, [](char c) { return c == ' ' || c == '\n'; });
  const auto output = show_batch(api, id.text("/id")).text("/output_file_id");
  CHECK_THAT(api.get("/v1/files/" + output + "/content").body(), ContainsSubstring(online));
}

TEST_CASE("failures are in a file of their own") {
  simulated_api api;
  const auto lines = batch_line("good", chat_body("hi")) +
                     batch_line("bad", chat_body("hi", R"("temperature":3)")) +
                     batch_line("streamed", chat_body("hi", R"("stream":true)"));
  const auto id = create_batch(api, lines).text("/id");
  api.pass(1min);
  const auto batch = show_batch(api, id);
  CHECK(batch.number("/request_counts/completed") == 1);
  CHECK(batch.number("/request_counts/failed") == 2);
  CHECK(ids_in(lines_of(api, batch.text("/output_file_id"))) == std::vector<std::string>{"good"});
  const auto errors = lines_of(api, batch.text("/error_file_id"));
  REQUIRE(errors.size() == 2);
  for (const auto& line : errors) {
    CHECK(line.at("error").is_null());
    CHECK(line.at_pointer("/response/status_code").as_int64() == 400);
    const auto& param = line.at_pointer("/response/body/error/param").as_string();
    CHECK(param == (custom_id(line) == "bad" ? "temperature" : "stream"));
  }
  CHECK(api.counters().executed == 1);
}

TEST_CASE("a batch of which everything failed is completed and has no output") {
  simulation_options options;
  options.batches.fail_batches = 1;
  simulated_api api(options);
  const auto failing = create_batch(api, batch_lines(3)).text("/id");
  const auto passing = create_batch(api, batch_lines(3)).text("/id");
  api.pass(1min);
  const auto batch = show_batch(api, failing);
  CHECK(batch.text("/status") == "completed");
  CHECK(batch.text("/output_file_id") == "null");
  CHECK(lines_of(api, batch.text("/error_file_id")).size() == 3);
  CHECK(show_batch(api, passing).number("/request_counts/completed") == 3);
  CHECK(api.counters().executed == 3);
}

TEST_CASE("faults hit the same requests as online") {
  simulation_options options;
  options.faults = parse_simulated_faults("500=30%,drop=20%");
  simulated_api api(options), online(options);
  const auto id = create_batch(api, batch_lines(100)).text("/id");
  api.pass(1min);
  std::set<std::string> failed, failed_online;
  for (const auto& line : lines_of(api, show_batch(api, id).text("/error_file_id")))
    failed.insert(custom_id(line));
  for (int i = 0; i < 100; ++i)
    if (online.chat(chat_body(fmt::format("Say {}.", i))).status() == 500)
      failed_online.insert(fmt::format("row-{}", i));
  CHECK(failed.size() > 10);
  CHECK(failed == failed_online);
}

TEST_CASE("a batch that takes too long expires and keeps what was finished") {
  simulation_options options = slow_batches();
  options.batches.time = 72h;
  simulated_api api(options);
  const auto id = create_batch(api, batch_lines(300)).text("/id");
  api.pass(23h);
  CHECK(show_batch(api, id).text("/status") == "in_progress");
  api.pass(2h);
  const auto batch = show_batch(api, id);
  CHECK(batch.text("/status") == "expired");
  CHECK(batch.number("/expired_at") == batch.number("/expires_at") + 600);
  CHECK(batch.number("/request_counts/completed") == 99);
  CHECK(batch.number("/request_counts/total") == 300);
  CHECK(lines_of(api, batch.text("/output_file_id")).size() == 99);
  const auto errors = lines_of(api, batch.text("/error_file_id"));
  REQUIRE(errors.size() == 201);
  CHECK(errors[0].at("response").is_null());
  CHECK(errors[0].at_pointer("/error/code").as_string() == "batch_expired");
  CHECK(errors[0].at_pointer("/error/message").as_string() ==
        "This request could not be executed before the completion window expired.");
  CHECK(api.counters().executed == 99);
}

TEST_CASE("the first batches expire when that is asked for") {
  auto options = slow_batches();
  options.batches.expire_batches = 1;
  simulated_api api(options);
  const auto first = create_batch(api, batch_lines(3)).text("/id");
  const auto second = create_batch(api, batch_lines(3)).text("/id");
  api.pass(25h);
  CHECK(show_batch(api, first).text("/status") == "expired");
  CHECK(show_batch(api, second).text("/status") == "completed");
}

TEST_CASE("a cancelled batch keeps what was finished") {
  simulated_api api(slow_batches());
  const auto id = create_batch(api, batch_lines(9)).text("/id");
  api.pass(55s);
  const auto path = "/v1/batches/" + id + "/cancel";
  const auto cancelled = api.post(path, "");
  CHECK(cancelled.text("/status") == "cancelling");
  CHECK(api.post(path, "").text("/status") == "cancelling");
  api.pass(4s);
  CHECK(show_batch(api, id).text("/status") == "cancelling");
  api.pass(1s);
  const auto batch = show_batch(api, id);
  CHECK(batch.text("/status") == "cancelled");
  CHECK(batch.number("/cancelled_at") == batch.number("/cancelling_at") + 5);
  CHECK(lines_of(api, batch.text("/output_file_id")).size() == 5);
  const auto errors = lines_of(api, batch.text("/error_file_id"));
  REQUIRE(errors.size() == 4);
  CHECK(errors[0].at_pointer("/error/code").as_string() == "batch_cancelled");
  CHECK(api.counters().executed == 5);

  const auto late = api.post(path, "");
  CHECK(late.status() == 409);
  CHECK(late.error() == "Cannot cancel a batch with status 'cancelled'.");
}

TEST_CASE("a batch that is cancelled before it began has no files") {
  simulated_api api(slow_batches());
  const auto id = create_batch(api, batch_lines(9)).text("/id");
  api.post("/v1/batches/" + id + "/cancel", "");
  api.pass(1min);
  const auto batch = show_batch(api, id);
  CHECK(batch.text("/status") == "cancelled");
  CHECK(batch.text("/output_file_id") == "null");
  CHECK(batch.text("/error_file_id") == "null");
}

TEST_CASE("a batch is refused at once only for what its creation says") {
  simulated_api api;
  const auto refused = [&](std::string_view body) { return api.post("/v1/batches", body); };
  const auto file = upload_file(api, batch_lines(1)).text("/id");
  const auto other = upload_file(api, "x", "a.txt", "user_data").text("/id");
  const auto body = [](std::string_view id, std::string_view endpoint, std::string_view window) {
    return fmt::format(R"({{"input_file_id":"{}","endpoint":"{}","completion_window":"{}"}})", id,
                       endpoint, window);
  };
  CHECK(refused("{}").code() == "missing_required_parameter");
  CHECK(refused("{}").param() == "input_file_id");
  CHECK(refused(body(file, "/v1/audio/speech", "24h")).param() == "endpoint");
  CHECK(refused(body(file, chat_url, "1h")).param() == "completion_window");
  CHECK(refused(body("file-none", chat_url, "24h")).error() == "No such File object: file-none");
  CHECK(refused(body(other, chat_url, "24h")).param() == "input_file_id");
  CHECK(create_batch(api, "nonsense").status() == 200);
  CHECK(api.get("/v1/batches/batch_none").status() == 404);
}

TEST_CASE("validation names what is wrong and where") {
  simulated_api api;
  const auto good = batch_line("a", chat_body("hi"));
  const auto other_model = R"({"model":"gpt-4o","messages":[]})";
  const struct {
    std::string lines;
    std::string code;
    std::string line;
  } cases[] = {
      {good + "{\"custom_id\":\n", "invalid_json_line", "2"},
      {good + "\n" + good, "invalid_json_line", "2"},
      {good + "[]\n", "invalid_json_line", "2"},
      {good + good, "duplicate_custom_id", "2"},
      {R"({"method":"POST","url":"/v1/chat/completions","body":{}})", "missing_required_parameter",
       "1"},
      {R"({"custom_id":"a","url":"/v1/chat/completions","body":{}})", "missing_required_parameter",
       "1"},
      {R"({"custom_id":"a","method":"POST","body":{}})", "missing_required_parameter", "1"},
      {R"({"custom_id":"a","method":"POST","url":"/v1/chat/completions"})",
       "missing_required_parameter", "1"},
      {R"({"custom_id":"a","method":"GET","url":"/v1/chat/completions","body":{}})",
       "invalid_method", "1"},
      {good + batch_line("b", chat_body("hi"), "/v1/embeddings"), "mismatched_url", "2"},
      {good + batch_line("b", other_model), "mismatched_model", "2"},
      {batch_line("a", R"({"model":"gpt-nope"})"), "model_not_found", "1"},
      {batch_line("a", R"({"model":"tts-1"})"), "model_not_found", "1"},
      {"", "empty_file", "null"},
  };
  for (const auto& c : cases) {
    INFO(c.lines);
    const auto id = create_batch(api, c.lines).text("/id");
    api.pass(1min);
    const auto batch = show_batch(api, id);
    CHECK(batch.text("/status") == "failed");
    CHECK(code_of(batch) == c.code);
    const auto& line = batch.at("/errors/data/0/line");
    CHECK((line.is_null() ? "null" : std::to_string(line.as_int64())) == c.line);
    CHECK(batch.number("/request_counts/total") == 0);
    CHECK(batch.number("/failed_at") >= batch.number("/created_at"));
  }
  CHECK(api.counters().executed == 0);
}

TEST_CASE("every bad line is named, up to a hundred of them") {
  simulated_api api;
  std::string lines;
  for (int i = 0; i < 150; ++i) lines += "{\n";
  const auto id = create_batch(api, lines).text("/id");
  api.pass(1min);
  const auto batch = show_batch(api, id);
  CHECK(batch.at("/errors/data").as_array().size() == 100);
  CHECK(batch.number("/errors/data/99/line") == 100);
}

TEST_CASE("a batch has at most 50,000 requests, and as many embedding inputs") {
  simulated_api api;
  const auto ends = [&](int lines, int inputs) {
    std::string body = R"({"model":"text-embedding-3-small","input":["a")";
    for (int i = 1; i < inputs; ++i) body += R"(,"a")";
    std::string text;
    for (int i = 0; i < lines; ++i)
      text += batch_line(std::to_string(i), body + "]}", "/v1/embeddings");
    const auto id = create_batch(api, text, "/v1/embeddings").text("/id");
    api.pass(101ms);  // validated, but hardly begun
    return code_of(show_batch(api, id));
  };
  CHECK(ends(50'000, 1).empty());
  CHECK(ends(50'001, 1) == "too_many_tasks");
  CHECK(ends(50, 1'001) == "too_many_tasks");
}

TEST_CASE("a last line may lack its end, and lines may end as on Windows") {
  simulated_api api;
  auto lines = batch_lines(2);
  lines.pop_back();
  lines.insert(lines.find('\n'), "\r");
  const auto id = create_batch(api, lines).text("/id");
  api.pass(1min);
  CHECK(show_batch(api, id).number("/request_counts/completed") == 2);
}

TEST_CASE("the tokens of unfinished batches are limited for each model") {
  auto options = slow_batches();
  options.batches.enqueued_tokens = 2'500;
  simulated_api api(options);
  const auto line = [](std::string_view model) {
    return batch_line("a", fmt::format(R"({{"model":"{}","messages":[{{"role":"user","content":)"
                                       R"("{}"}}]}})",
                                       model, std::string(4'000, 'x')));
  };
  const auto first = create_batch(api, line("gpt-4o-mini")).text("/id");
  const auto second = create_batch(api, line("gpt-4o-mini")).text("/id");
  const auto third = create_batch(api, line("gpt-4o-mini")).text("/id");
  const auto other = create_batch(api, line("gpt-4o")).text("/id");
  api.pass(6s);
  const auto status = [&](const std::string& id) { return show_batch(api, id).text("/status"); };
  CHECK(status(first) == "in_progress");
  CHECK(status(second) == "in_progress");
  CHECK(status(other) == "in_progress");
  const auto refused = show_batch(api, third);
  CHECK(refused.text("/status") == "failed");
  CHECK(code_of(refused) == "token_limit_exceeded");
  CHECK(refused.text("/errors/data/0/message") ==
        "Enqueued token limit reached for gpt-4o-mini in organization org-simulated. Limit: 2,500 "
        "enqueued tokens. Please try again once some in_progress batches have been completed.");
  CHECK(refused.at("/errors/data/0/line").is_null());
  api.pass(100s);
  const auto later = create_batch(api, line("gpt-4o-mini")).text("/id");
  api.pass(6s);
  CHECK(status(later) == "in_progress");
}

TEST_CASE("too many tokens can refuse the creation itself") {
  auto options = slow_batches();
  options.batches.enqueued_tokens = 100;
  options.batches.refuse_at_once = true;
  simulated_api api(options);
  const auto line = batch_line("a", chat_body(std::string(100, 'x')));
  CHECK(create_batch(api, line).status() == 200);
  const auto refused = create_batch(api, line);
  CHECK(refused.status() == 429);
  CHECK(refused.code() == "token_limit_exceeded");
  api.pass(100s);
  CHECK(create_batch(api, line).status() == 200);
}

TEST_CASE("batches are listed page by page, the latest first") {
  simulated_api api;
  std::vector<std::string> ids;
  for (int i = 0; i < 25; ++i) ids.push_back(create_batch(api, batch_lines(1)).text("/id"));
  auto list = api.get("/v1/batches");
  CHECK(list.at("/data").as_array().size() == 20);
  CHECK(list.text("/data/0/id") == ids[24]);
  CHECK(list.at("/has_more").as_bool());
  list = api.get("/v1/batches?limit=100&after=" + list.text("/last_id"));
  CHECK(list.at("/data").as_array().size() == 5);
  CHECK(list.text("/last_id") == ids[0]);
  CHECK_FALSE(list.at("/has_more").as_bool());
  CHECK(api.get("/v1/batches?limit=101").status() == 400);
}

TEST_CASE("a batch whose answer is lost was created all the same") {
  simulation_options options;
  options.batches.lose_batches = 1;
  simulated_api api(options);
  CHECK(create_batch(api, batch_lines(1)).raw.how == simulator_detail::delivery::drop);
  CHECK(create_batch(api, batch_lines(1)).raw.how == simulator_detail::delivery::whole);
  CHECK(api.get("/v1/batches").at("/data").as_array().size() == 2);
  const auto books = api.get("/simulator/batches");
  CHECK(books.number("/created") == 2);
  CHECK(books.number("/lost_answers") == 1);
}

TEST_CASE("a client forces faults upon its calls") {
  simulated_api api;
  const auto file = upload_file(api, batch_lines(1)).text("/id");
  const auto body = fmt::format(
      R"({{"input_file_id":"{}","endpoint":"{}","completion_window":"24h"}})", file, chat_url);
  const auto count = [&] { return api.get("/v1/batches").at("/data").as_array().size(); };
  CHECK(api.post("/v1/batches", body, "500").status() == 500);
  CHECK(count() == 0);
  CHECK(api.post("/v1/batches", body, "drop").raw.how == simulator_detail::delivery::drop);
  CHECK(count() == 1);
}

TEST_CASE("without counting, the books do not say what was executed before") {
  simulated_api api;
  create_batch(api, batch_lines(1));
  const auto books = api.get("/simulator/batches");
  CHECK(books.at("/batches/0").as_object().if_contains("executed_before") == nullptr);
}

TEST_CASE("the books tell what was executed twice, in batches or online") {
  simulation_options options;
  options.count_executions = true;
  simulated_api api(options);
  api.chat(chat_body("Say 1."));
  create_batch(api, batch_lines(3), chat_url, R"("metadata":{"run":"7"})");
  api.pass(1min);
  create_batch(api, batch_lines(2));
  api.pass(1min);
  const auto books = api.get("/simulator/batches");
  CHECK(books.text("/batches/0/metadata/run") == "7");
  CHECK(books.text("/batches/0/status") == "completed");
  CHECK(books.number("/batches/0/executed") == 3);
  CHECK(books.number("/batches/0/executed_before") == 1);
  CHECK(books.text("/batches/0/repetitions/0") == "row-1");
  CHECK(books.number("/batches/1/executed_before") == 2);
  const auto all = api.get("/simulator/executions");
  CHECK(all.number("/executed") == 6);
  CHECK(all.number("/distinct") == 3);
  CHECK(all.number("/most") == 3);
}

TEST_CASE("output files last as long as was asked for") {
  simulated_api api(slow_batches());
  const auto id = create_batch(api, batch_lines(1), chat_url,
                               R"("output_expires_after":{"anchor":"created_at","seconds":7200})")
                      .text("/id");
  api.pass(100s);
  const auto file = api.get("/v1/files/" + show_batch(api, id).text("/output_file_id"));
  CHECK(file.number("/expires_at") == file.number("/created_at") + 7200);
  CHECK(create_batch(api, batch_lines(1), chat_url,
                     R"("output_expires_after":{"anchor":"created_at","seconds":1})")
            .param() == "output_expires_after.seconds");
}

TEST_CASE("a deleted input file does not disturb its batch") {
  simulated_api api(slow_batches());
  const auto made = create_batch(api, batch_lines(3));
  api.send("DELETE", "/v1/files/" + made.text("/input_file_id"), "", "");
  api.pass(100s);
  CHECK(show_batch(api, made.text("/id")).number("/request_counts/completed") == 3);
}

TEST_CASE("all endpoints of the Batch API can be batched") {
  simulated_api api;
  const std::pair<std::string, std::string> requests[] = {
      {"/v1/responses", R"({"model":"gpt-4o-mini","input":"hi"})"},
      {"/v1/completions", R"({"model":"gpt-3.5-turbo-instruct","prompt":"hi"})"},
      {"/v1/moderations", R"({"input":"hello"})"},
      {"/v1/images/generations", R"({"model":"gpt-image-1","prompt":"a cat"})"}};
  for (const auto& [url, body] : requests) {
    INFO(url);
    const auto id = create_batch(api, batch_line("a", body, url), url).text("/id");
    api.pass(1min);
    const auto lines = lines_of(api, show_batch(api, id).text("/output_file_id"));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].at_pointer("/response/body") == api.post(url, body).json);
  }
}
