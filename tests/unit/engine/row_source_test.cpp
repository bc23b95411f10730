#include "runner/engine/row_source.hpp"

#include <zlib.h>
#include <zstd.h>

#include <filesystem>

#include "batchmill/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using batchmill::testing::temporary_folder;

namespace {

job_spec reading(std::vector<std::string> paths) {
  job_spec spec;
  spec.file = "job.yaml";
  spec.input.paths = std::move(paths);
  return spec;
}

std::vector<row> all_rows(row_source& source) {
  std::vector<row> rows;
  while (auto r = source.wait_next()) rows.push_back(std::move(*r));
  return rows;
}

std::vector<std::string> texts(row_source&& source) {
  std::vector<std::string> result;
  for (const row& r : all_rows(source)) result.push_back(r.text);
  return result;
}

std::string gzipped(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

const std::vector<std::string> abc{"a", "b", "c"};

}  // namespace

TEST_CASE("lines end in LF or CRLF, the last one perhaps in nothing; blank lines are no rows") {
  const temporary_folder folder;
  REQUIRE(texts(row_source(reading({folder.write("1", "a\nb\nc\n")}), 0)) == abc);
  REQUIRE(texts(row_source(reading({folder.write("2", "a\r\nb\r\nc")}), 0)) == abc);
  REQUIRE(texts(row_source(reading({folder.write("3", "\n\na\n  \nb\n\t\r\nc\n\n")}), 0)) == abc);
  REQUIRE(texts(row_source(reading({folder.write("4",
                                                 "\xEF\xBB\xBF"
                                                 "a\nb\nc")}),
                           0)) == abc);
  REQUIRE(texts(row_source(reading({folder.write("5", "")}), 0)).empty());
}

TEST_CASE("a row knows its place: index over all files, line within its own") {
  const temporary_folder folder;
  const std::string first = folder.write("1.jsonl", "a\n\nb\n");
  const std::string second = folder.write("2.jsonl", "c");
  row_source source(reading({first, second}), 0);
  const std::vector<row> rows = all_rows(source);
  REQUIRE(rows.size() == 3);
  REQUIRE(rows[1].index == 1);
  REQUIRE(rows[1].line == 3);
  REQUIRE(*rows[1].file == first);
  REQUIRE(rows[2].index == 2);
  REQUIRE(rows[2].line == 1);
  REQUIRE(*rows[2].file == second);
}

TEST_CASE("globs are expanded in sorted order, relative to the spec") {
  const temporary_folder folder;
  folder.write("part-2.jsonl", "b\n");
  folder.write("part-1.jsonl", "a\n");
  folder.write("part-3.jsonl", "c\n");
  job_spec spec = reading({"part-*.jsonl"});
  spec.file = folder.path("job.yaml");
  REQUIRE(texts(row_source(spec, 0)) == abc);
}

TEST_CASE("gzip and zstd files are read by their suffix, several members as well") {
  const temporary_folder folder;
  REQUIRE(texts(row_source(reading({folder.write("a.gz", gzipped("a\nb\n") + gzipped("c\n"))}),
                           0)) == abc);
  REQUIRE(texts(row_source(reading({folder.write("a.zst", zstd("a\nb") + zstd("\nc\n"))}), 0)) ==
          abc);
}

TEST_CASE("damaged compressed files are reported, not read as if they ended there") {
  const temporary_folder folder;
  std::string many;
  for (int i = 0; i < 10000; ++i) many += std::to_string(i * 7919) + "\n";
  for (const std::string& suffix : {std::string(".gz"), std::string(".zst")}) {
    const std::string whole = suffix == ".gz" ? gzipped(many) : zstd(many);
    const std::string cut = folder.write("cut" + suffix, whole.substr(0, whole.size() / 2));
    REQUIRE_THROWS_WITH(texts(row_source(reading({cut}), 0)),
                        ContainsSubstring("is damaged: it ends in the middle"));
    const std::string wrong = folder.write("wrong" + suffix, "this is no compressed file at all");
    REQUIRE_THROWS_WITH(texts(row_source(reading({wrong}), 0)), ContainsSubstring("is damaged"));
  }
}

TEST_CASE("lines longer than the buffer are whole") {
  const temporary_folder folder;
  const std::string first(3'000'000, 'x');
  const std::string second(700'000, 'y');
  REQUIRE(texts(row_source(reading({folder.write("long", first + "\n" + second)}), 0)) ==
          std::vector<std::string>{first, second});
}

TEST_CASE("the limit ends the input early") {
  const temporary_folder folder;
  row_source source(reading({folder.write("in", "a\nb\nc\n")}), 2);
  REQUIRE(all_rows(source).size() == 2);
  REQUIRE(source.rows_read() == 2);
  REQUIRE(source.total().rows == 2);
}

TEST_CASE("peeking takes nothing away") {
  const temporary_folder folder;
  row_source source(reading({folder.write("in", "\na\nb\nc\n")}), 0);
  REQUIRE(source.peek() == "a");
  REQUIRE(source.peek() == "a");
  REQUIRE(all_rows(source).size() == 3);
  REQUIRE(source.peek().empty());
}

TEST_CASE("small inputs are counted, large ones estimated closely, and exact at the end") {
  const temporary_folder folder;
  row_source small(reading({folder.write("small", "a\n\nb\nc")}), 0);
  REQUIRE(small.total().exact);
  REQUIRE(small.total().rows == 3);
  std::string text;
  for (int i = 0; i < 200'000; ++i)
    text += "a line of nearly fifty characters, as rows go " + std::to_string(i) + "\n";
  row_source large(reading({folder.write("large", text)}), 0);
  for (int i = 0; i < 50'000; ++i) large.next();
  REQUIRE_FALSE(large.total().exact);
  REQUIRE(large.total().rows > 190'000);
  REQUIRE(large.total().rows < 210'000);
  REQUIRE(all_rows(large).size() == 150'000);
  REQUIRE(large.total().exact);
  REQUIRE(large.total().rows == 200'000);
}

TEST_CASE("inputs that cannot be read are refused with their place in the spec") {
  const temporary_folder folder;
  job_spec spec = reading({folder.path("missing.jsonl")});
  spec.marks["input.path"] = source_mark{4, 9};
  REQUIRE_THROWS_AS(row_source(spec, 0), usage_error);
  REQUIRE_THROWS_WITH(row_source(spec, 0),
                      ContainsSubstring("job.yaml:4:9: cannot open the input ") &&
                          ContainsSubstring("missing.jsonl: No such file"));
  spec.input.paths = {folder.path("")};
  REQUIRE_THROWS_WITH(row_source(spec, 0), ContainsSubstring("is a directory"));
  spec.input.paths = {folder.path("*.nothing")};
  REQUIRE_THROWS_WITH(row_source(spec, 0), ContainsSubstring("no file matches"));
  spec.input.paths = {"-", "-"};
  REQUIRE_THROWS_WITH(row_source(spec, 0), ContainsSubstring("only once"));
}

TEST_CASE("with the format `files` each file is a row, named below the folder that all share") {
  const temporary_folder folder;
  std::filesystem::create_directories(folder.path("calls/mon"));
  std::filesystem::create_directories(folder.path("calls/tue"));
  folder.write("calls/mon/1.mp3", "no\nrows\n");
  folder.write("calls/tue/1 \"x\".mp3", "");
  job_spec spec = reading({folder.path("calls/*/*.mp3")});
  spec.input.format = row_format::files;
  row_source source(spec, 0);
  CHECK(source.total().rows == 2);
  CHECK(source.total().exact);
  const auto rows = all_rows(source);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].text == R"({"custom_id":"mon/1.mp3","file":"1.mp3"})");
  CHECK(*rows[0].file == folder.path("calls/mon/1.mp3"));
  CHECK(rows[0].line == 0);
  CHECK(rows[1].text == R"({"custom_id":"tue/1 \"x\".mp3","file":"1 \"x\".mp3"})");
  CHECK(texts(row_source(spec, 1)).size() == 1);
  spec.input.files_root = folder.path("calls");
  CHECK(texts(row_source(spec, 1)).at(0) == R"({"custom_id":"mon/1.mp3","file":"mon/1.mp3"})");
}

TEST_CASE("a single file as a row is called by its name; standard input has none") {
  const temporary_folder folder;
  job_spec spec = reading({folder.write("1.mp3", "x")});
  spec.input.format = row_format::files;
  CHECK(texts(row_source(spec, 0)).at(0) == R"({"custom_id":"1.mp3","file":"1.mp3"})");
  spec.input.paths = {"-"};
  CHECK_THROWS_WITH(row_source(spec, 0), ContainsSubstring("which standard input has not"));
}
