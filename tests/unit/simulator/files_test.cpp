// /v1/files: upload, list, show, download in ranges, delete, expire.
#include "runner/simulator/files/byte_range.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_batch.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace batchmill::simulator_detail;
using namespace std::chrono_literals;

TEST_CASE("a file comes, is shown, goes out and is deleted") {
  simulated_api api;
  const auto made = upload_file(api, "some bytes", "in.jsonl");
  CHECK(made.status() == 200);
  CHECK(made.text("/object") == "file");
  CHECK(made.text("/purpose") == "batch");
  CHECK(made.text("/filename") == "in.jsonl");
  CHECK(made.text("/status") == "processed");
  CHECK(made.number("/bytes") == 10);
  CHECK(made.number("/expires_at") == made.number("/created_at") + 30 * 24 * 3600);
  const auto path = "/v1/files/" + made.text("/id");
  CHECK(api.get(path).raw.body == made.raw.body);
  CHECK(api.get(path + "/content").body() == "some bytes");
  CHECK(api.get(path + "/content").header("content-type") == "application/octet-stream");

  const auto deleted = api.send("DELETE", path, "", "");
  CHECK(deleted.at("/deleted").as_bool());
  CHECK(api.get(path).status() == 404);
  CHECK(api.get(path + "/content").error() == "No such File object: " + made.text("/id"));
}

TEST_CASE("a file needs a purpose, a name and the right ending") {
  simulated_api api;
  const auto error = [&](const form_body& form) { return api.post("/v1/files", form); };
  CHECK(error(form_body().file("file", "a.jsonl", "x")).param() == "purpose");
  CHECK(error(form_body().field("purpose", "batch")).param() == "file");
  CHECK(error(form_body().field("purpose", "batch").field("file", "x")).param() == "file");
  CHECK(upload_file(api, "x", "a.jsonl", "nonsense").code() == "invalid_value");
  CHECK_THAT(upload_file(api, "x", "a.csv").error(), ContainsSubstring(".jsonl"));
  CHECK(upload_file(api, "x", "a.csv").status() == 400);
  CHECK(upload_file(api, "x", "a.csv", "assistants").status() == 200);
}

TEST_CASE("a file lasts as long as was asked for") {
  simulation_options options;
  options.batches.clock_rate = 3600;
  simulated_api api(options);
  const auto lasting = [&](std::string_view seconds) {
    return api.post("/v1/files", form_body()
                                     .field("purpose", "user_data")
                                     .field("expires_after[anchor]", "created_at")
                                     .field("expires_after[seconds]", seconds)
                                     .file("file", "a.txt", "x"));
  };
  CHECK(lasting("3599").param() == "expires_after.seconds");
  CHECK(lasting("soon").param() == "expires_after.seconds");
  const auto file = lasting("7200");
  CHECK(file.number("/expires_at") == file.number("/created_at") + 7200);
  const auto forever = upload_file(api, "x", "b.txt", "user_data");
  CHECK(forever.text("/expires_at") == "null");

  api.now += 1999ms;
  CHECK(api.get("/v1/files/" + file.text("/id")).status() == 200);
  api.now += 1ms;
  CHECK(api.get("/v1/files/" + file.text("/id")).status() == 404);
  CHECK(api.get("/v1/files/" + forever.text("/id")).status() == 200);
}

TEST_CASE("files are listed by purpose, order and page") {
  simulated_api api;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(
        upload_file(api, std::to_string(i), "a.jsonl", i == 2 ? "evals" : "batch").text("/id"));
  auto list = api.get("/v1/files");
  CHECK(list.at("/data").as_array().size() == 5);
  CHECK(list.text("/data/0/id") == ids[4]);
  CHECK_FALSE(list.at("/has_more").as_bool());

  list = api.get("/v1/files?order=asc&limit=2&purpose=batch");
  CHECK(list.text("/first_id") == ids[0]);
  CHECK(list.text("/last_id") == ids[1]);
  CHECK(list.at("/has_more").as_bool());
  list = api.get("/v1/files?order=asc&limit=2&purpose=batch&after=" + ids[1]);
  CHECK(list.text("/data/0/id") == ids[3]);
  CHECK(list.text("/data/1/id") == ids[4]);
  CHECK_FALSE(list.at("/has_more").as_bool());
  list = api.get("/v1/files?limit=1&after=" + ids[4]);
  CHECK(list.text("/data/0/id") == ids[3]);

  CHECK(api.get("/v1/files?limit=0").code() == "integer_below_min_value");
  CHECK(api.get("/v1/files?limit=10001").code() == "integer_above_max_value");
  CHECK(api.get("/v1/files?limit=x").code() == "invalid_type");
  CHECK(api.get("/v1/files?order=up").param() == "order");
}

TEST_CASE("a download may ask for a range") {
  simulated_api api;
  const auto path = "/v1/files/" + upload_file(api, "0123456789").text("/id") + "/content";
  api.range = "bytes=2-4";
  const auto part = api.get(path);
  CHECK(part.status() == 206);
  CHECK(part.body() == "234");
  CHECK(part.header("content-range") == "bytes 2-4/10");
  api.range = "bytes=10-";
  const auto behind = api.get(path);
  CHECK(behind.status() == 416);
  CHECK(behind.header("content-range") == "bytes */10");
}

TEST_CASE("ranges are read as HTTP has them") {
  byte_range range;
  const auto read = [&](std::string_view header) { return read_range(header, 10, range); };
  CHECK(read("bytes=0-") == range_verdict::part);
  CHECK(range == byte_range{0, 10});
  CHECK(read("bytes=7-99") == range_verdict::part);
  CHECK(range == byte_range{7, 10});
  CHECK(read("bytes=-3") == range_verdict::part);
  CHECK(range == byte_range{7, 10});
  CHECK(read("bytes=-99") == range_verdict::part);
  CHECK(range == byte_range{0, 10});
  CHECK(read("bytes=-0") == range_verdict::unsatisfiable);
  for (const auto* odd :
       {"", "bytes=", "bytes=-", "bytes=4-2", "bytes=a-b", "lines=1-2", "bytes=0-1,3-4", "bytes=5"})
    CHECK(read(odd) == range_verdict::whole);
}

TEST_CASE("the first downloads break off in the middle") {
  simulation_options options;
  options.batches.break_downloads = 2;
  simulated_api api(options);
  const auto path = "/v1/files/" + upload_file(api, "0123456789").text("/id") + "/content";
  CHECK(api.get(path).raw.how == delivery::truncated);
  CHECK(api.get(path).raw.how == delivery::truncated);
  CHECK(api.get(path).raw.how == delivery::whole);
  CHECK(api.get("/simulator/batches").number("/files/broken_downloads") == 2);
}

TEST_CASE("the books tell contents that were uploaded twice") {
  simulated_api api;
  upload_file(api, "abc");
  upload_file(api, "abd");
  upload_file(api, "abc");
  const auto books = api.get("/simulator/batches");
  CHECK(books.number("/files/uploaded") == 3);
  CHECK(books.number("/files/uploaded_bytes") == 9);
  CHECK(books.number("/files/uploaded_before") == 1);
}

TEST_CASE("calls about files have faults of their own, and a repetition passes by chance") {
  simulation_options options;
  options.batches.faults = parse_simulated_faults("500=50%");
  simulated_api api(options);
  int failed = 0;
  for (int i = 0; i < 100; ++i) failed += api.get("/v1/files").status() == 500;
  CHECK(failed > 25);
  CHECK(failed < 75);
  CHECK(api.chat(chat_body("hi")).status() == 200);
}
