// Forms on disk are read as those in memory, however the bytes arrive.
#include "runner/simulator/files/form_spool.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/form_body.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace batchmill::simulator_detail;

namespace {

const std::string boundary = "----x1";

std::string spool_error(const std::string& text) {
  form_spool spool(boundary);
  spool.put(text);
  form_data form;
  const auto error = spool.parse(form);
  return error ? error->message : "";
}

std::string memory_error(const std::string& text) {
  form_data form;
  const auto error = parse_form(text, boundary, form);
  return error ? error->message : "";
}

}  // namespace

TEST_CASE("a form may arrive in pieces of any size") {
  const auto content = "line\r\n--" + boundary.substr(0, 5) + "\r\n\r\n" + std::string(300, '-');
  const auto text =
      form_body(boundary).field("purpose", "batch").file("file", "a.jsonl", content).text();
  for (const std::size_t size : {1, 2, 3, 7, 64, 100'000}) {
    form_spool spool(boundary);
    for (std::size_t at = 0; at < text.size(); at += size)
      spool.put(std::string_view(text).substr(at, size));
    form_data form;
    CHECK_FALSE(spool.parse(form));
    REQUIRE(form.parts.size() == 2);
    CHECK(form.parts[0].content == "batch");
    CHECK(form.parts[1].filename == "a.jsonl");
    REQUIRE(form.parts[1].stored);
    CHECK(form.parts[1].stored->text(0, 100'000) == content);
  }
}

TEST_CASE("an empty file is a file") {
  form_spool spool(boundary);
  spool.put(form_body(boundary).file("file", "a.jsonl", "").text());
  form_data form;
  CHECK_FALSE(spool.parse(form));
  REQUIRE(form.parts.size() == 1);
  CHECK(form.parts[0].stored->size() == 0);
}

TEST_CASE("a long field lies on disk, too") {
  form_spool spool(boundary);
  spool.put(form_body(boundary).field("data", std::string(100'000, 'x')).text());
  form_data form;
  CHECK_FALSE(spool.parse(form));
  CHECK(form.parts[0].stored->size() == 100'000);
}

TEST_CASE("what is wrong with a form is the same on disk and in memory") {
  const auto good = form_body(boundary).field("a", "b").text();
  CHECK(spool_error(good).empty());
  for (const auto& text :
       {std::string(), std::string("x") + good, good + "more", good.substr(0, good.size() - 6),
        good.substr(0, 20), "--" + boundary + "x" + good,
        "--" + boundary + "\r\nnonsense\r\n\r\nc\r\n" + good}) {
    INFO(text);
    CHECK_FALSE(spool_error(text).empty());
    CHECK(spool_error(text) == memory_error(text));
  }
  form_spool nameless("");
  nameless.put(good);
  form_data form;
  CHECK(nameless.parse(form)->message ==
        "Could not parse multipart form: the Content-Type header names no boundary.");
}
