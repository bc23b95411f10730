// What is kept of parts: their rows, their requests, and how far they have come.
#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "runner/batch/part_book.hpp"
#include "runner/batch/part_cutter.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using batchmill::testing::temporary_folder;

namespace {

part_row row_of(std::uint64_t index) {
  part_row r;
  r.from = row(index, "text\nof \"row\" " + std::to_string(index),
               std::make_shared<const std::string>("in file.jsonl"), index + 1);
  r.asked_as = index;
  r.hash = 0xffffffffffffffff;
  r.custom_id = "\"id\"";
  r.inputs.at = 3;
  r.inputs.length = 4;
  r.inputs.count = 2;
  r.inputs.note = 255;
  r.tokens = 12;
  r.request_at = 5;
  r.request_length = 6;
  r.spent.prompt = 1;
  r.spent.reasoning = 9;
  return r;
}

struct cutting {
  cutting() { std::filesystem::create_directories(paths.folder()); }

  std::optional<batch_part> add(std::uint64_t index, const std::string& body,
                                const std::string& model = "m") {
    prepared_request prepared;
    prepared.custom_id = '"' + std::to_string(index) + '"';
    prepared.model = model;
    prepared.prompt_tokens = 100;
    prepared.request = http_request("POST", "/v1/embeddings", body);
    return cutter().add(row(index, body, nullptr, index + 1), std::move(prepared), index);
  }

  part_cutter& cutter() {
    if (!made) made.emplace(spec, paths, numbers);
    return *made;
  }

  std::size_t rows_of(const batch_part& part) const {
    std::size_t count = 0;
    part_row_reader reader(paths.rows(part.number));
    while (reader.next()) ++count;
    return count;
  }

  temporary_folder folder;
  part_paths paths{folder.path("out.ledger")};
  job_spec spec;
  std::uint64_t numbers = 0;
  std::optional<part_cutter> made;
};

}  // namespace

TEST_CASE("rows come back from the disk as they were, whatever their text") {
  temporary_folder folder;
  const std::string path = folder.path("rows");
  {
    part_row_writer writer(path);
    writer.add(row_of(1));
    writer.add(row_of(2));
    writer.finish();
  }
  part_row_reader reader(path);
  const auto first = reader.next();
  REQUIRE(first->from.text == "text\nof \"row\" 1");
  REQUIRE(*first->from.file == "in file.jsonl");
  REQUIRE(first->hash == 0xffffffffffffffff);
  REQUIRE(first->inputs.note == 255);
  REQUIRE(first->tokens == 12);
  REQUIRE(first->spent.reasoning == 9);
  REQUIRE(reader.next()->from.index == 2);
  REQUIRE_FALSE(reader.next());
}

TEST_CASE("a file of rows that was cut is damaged, not short") {
  temporary_folder folder;
  part_row_writer writer(folder.path("rows"));
  writer.add(row_of(1));
  writer.finish();
  const std::string whole = folder.read("rows");
  const auto cut = GENERATE(std::size_t{1}, std::size_t{5}, std::size_t{1000});
  const std::size_t length = cut == 1000 ? whole.size() / 2 : whole.size() - cut;
  part_row_reader reader(folder.write("rows", whole.substr(0, length)));
  REQUIRE_THROWS_AS(reader.next(), run_error);
}

TEST_CASE("the book keeps parts and facts") {
  temporary_folder folder;
  const std::string path = folder.path("batches/parts.db");
  batch_part part;
  part.number = 3;
  part.state = part_state::created;
  part.batch_id = "batch_1";
  part.giving_up = true;
  part.tokens = 1'000'000'000'000;
  {
    part_book book(path);
    book.save({&part});
    book.set_fact("run", "it's");
  }
  const auto parts = look_at_parts(path);
  REQUIRE(parts.size() == 1);
  REQUIRE(parts[0].state == part_state::created);
  REQUIRE(parts[0].batch_id == "batch_1");
  REQUIRE(parts[0].giving_up);
  REQUIRE(parts[0].tokens == 1'000'000'000'000);
  REQUIRE(look_at_fact(path, "run") == "it's");
  REQUIRE(look_at_fact(path, "other").empty());
  REQUIRE(look_at_parts(folder.path("none")).empty());
}

TEST_CASE("parts are cut by requests, bytes and tokens") {
  cutting c;
  c.spec.endpoint = "/v1/embeddings";
  const auto by = GENERATE("requests", "bytes", "tokens");
  if (by == std::string("requests")) c.spec.batch.max_requests = 2;
  if (by == std::string("bytes")) c.spec.batch.max_bytes = 160;
  if (by == std::string("tokens")) c.spec.batch.max_tokens = 250;
  std::vector<batch_part> parts;
  for (std::uint64_t i = 0; i < 5; ++i) {
    if (auto full = c.add(i, "{}")) parts.push_back(std::move(*full));
  }
  for (auto& p : c.cutter().finish()) parts.push_back(std::move(p));
  REQUIRE(parts.size() == 3);
  REQUIRE(parts[0].requests == 2);
  REQUIRE(parts[2].requests == 1);
  REQUIRE(parts[0].tokens == 200);
  REQUIRE(parts[0].bytes == std::filesystem::file_size(c.paths.requests(1)));
  REQUIRE(c.rows_of(parts[0]) == 2);
}

TEST_CASE("a row that no batch file can hold is refused by itself") {
  cutting c;
  c.spec.batch.max_bytes = 1000;
  prepared_request large;
  large.request.body = std::string(1000, ' ');
  const row r(4, "", std::make_shared<const std::string>("in.jsonl"), 5);
  REQUIRE(c.cutter().check(r, large)->message.starts_with("in.jsonl:5: the row's request has"));
  prepared_request with_file;
  with_file.request.uploads.emplace_back(0, "x.wav", 1);
  REQUIRE(c.cutter().check(r, with_file)->message.find("uploads files") != std::string::npos);
  REQUIRE_FALSE(c.cutter().check(r, prepared_request()));
}

TEST_CASE("endpoints that the Batch API does not take are refused with the list") {
  job_spec spec;
  spec.endpoint = "/v1/audio/speech";
  REQUIRE(batch_obstacle(spec).find("/v1/chat/completions, /v1/embeddings") != std::string::npos);
  spec.endpoint = "/chat/completions";
  REQUIRE(batch_obstacle(spec).empty());
  REQUIRE(batch_endpoint(spec) == "/v1/chat/completions");
  spec.api.flavor = api_flavor::azure;
  REQUIRE(batch_obstacle(spec).empty());
  REQUIRE(batch_endpoint(spec) == "/chat/completions");
  spec.method = request_method::get;
  REQUIRE_FALSE(batch_obstacle(spec).empty());
}
