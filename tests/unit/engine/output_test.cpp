#include <filesystem>

#include "batchmill/error.hpp"
#include "runner/engine/latency_histogram.hpp"
#include "runner/engine/output_files.hpp"
#include "runner/engine/output_line.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using batchmill::testing::temporary_folder;
using namespace std::chrono_literals;

namespace {

outcome answered() {
  outcome result;
  result.ok = true;
  result.custom_id = R"("T-1")";
  result.status = 200;
  result.request_id = "req_1";
  result.body = R"({"a":1.50})";
  return result;
}

job_spec writing(const temporary_folder& folder) {
  job_spec spec;
  spec.file = folder.path("job.yaml");
  spec.output.path = "results.jsonl";
  return spec;
}

}  // namespace

TEST_CASE("an answer becomes the Batch API's output line, byte for byte") {
  REQUIRE(format_output_line(17, answered(), output_format::batch) ==
          R"({"id":"batch_req_17","custom_id":"T-1","response":{"status_code":200,)"
          R"("request_id":"req_1","body":{"a":1.50}},"error":null})");
}

TEST_CASE("a row without response has its reason in `error`") {
  outcome result;
  result.custom_id = R"("T-1")";
  result.error_code = "invalid_row";
  result.error_message = "in.jsonl:3: say \"what\"";
  REQUIRE(format_output_line(3, result, output_format::batch) ==
          R"({"id":"batch_req_3","custom_id":"T-1","response":null,)"
          R"("error":{"code":"invalid_row","message":"in.jsonl:3: say \"what\""}})");
  REQUIRE(failure_reason(result) == "invalid_row");
}

TEST_CASE("the full format adds the input row, the text format keeps only the answer") {
  outcome result = answered();
  result.input = R"({"text":"hi"})";
  REQUIRE_THAT(format_output_line(0, result, output_format::full),
               ContainsSubstring(R"("error":null,"input":{"text":"hi"}})"));
  result.text = R"("billing")";
  result.usage = R"({"total_tokens":9})";
  REQUIRE(format_output_line(0, result, output_format::text) ==
          R"({"custom_id":"T-1","text":"billing","usage":{"total_tokens":9}})");
  result.ok = false;
  result.text.clear();
  result.usage.clear();
  result.status = 400;
  result.error_code = "bad";
  result.error_message = "no";
  REQUIRE(format_output_line(0, result, output_format::text) ==
          R"({"custom_id":"T-1","text":null,"usage":null,"error":{"code":"bad","message":"no"}})");
  REQUIRE(failure_reason(result) == "400 bad");
}

TEST_CASE("percentiles are right within 1.6 percent") {
  latency_histogram histogram;
  REQUIRE(histogram.percentile(0.5) == 0us);
  for (int i = 1; i <= 100'000; ++i) histogram.add(i * 10us);
  for (const double p : {0.01, 0.5, 0.95, 0.99}) {
    const double exact = p * 1e6;
    const auto got = static_cast<double>(histogram.percentile(p) / 1us);
    REQUIRE(got >= exact * 0.999);
    REQUIRE(got <= exact * 1.017);
  }
  REQUIRE(histogram.max() == 1s);
  REQUIRE(histogram.percentile(1) == 1s);
}

TEST_CASE("percentiles of few, tiny and enormous durations") {
  latency_histogram histogram;
  histogram.add(0us);
  REQUIRE(histogram.percentile(0.99) == 0us);
  histogram.add(3us);
  REQUIRE(histogram.percentile(0.99) == 3us);
  histogram.add(std::chrono::hours(24 * 365));
  REQUIRE(histogram.max() == std::chrono::hours(24 * 365));
  histogram.add(-5us);
  REQUIRE(histogram.count() == 4);
}

TEST_CASE("a rehearsal writes beside the real output, never into it") {
  const temporary_folder folder;
  job_spec spec = writing(folder);
  spec.output.failed = "failed.jsonl";
  REQUIRE(name_outputs(spec, false).results == folder.path("results.jsonl"));
  REQUIRE(name_outputs(spec, true).results == folder.path("results.simulated.jsonl"));
  REQUIRE(name_outputs(spec, true).failed == folder.path("failed.simulated.jsonl"));
  REQUIRE(name_outputs(spec, true).summary == folder.path("results.simulated.jsonl.summary.json"));
}

TEST_CASE("results may go to standard output or a device, under its own name and without summary") {
  const temporary_folder folder;
  job_spec spec = writing(folder);
  spec.output.path = "-";
  const std::string standard = name_outputs(spec, true).results;
  REQUIRE((standard == "/dev/stdout" || std::filesystem::is_regular_file(standard)));
  spec.output.path = "/dev/null";
  REQUIRE(name_outputs(spec, true).results == "/dev/null");
  REQUIRE(name_outputs(spec, true).summary.empty());
}

TEST_CASE("an output that is an input is refused, also under another name") {
  const temporary_folder folder;
  job_spec spec = writing(folder);
  const std::string input = folder.write("results.jsonl", "rows\n");
  std::filesystem::create_symlink(input, folder.path("alias"));
  REQUIRE_THROWS_AS(require_usable(spec, name_outputs(spec, false), {folder.path("alias")}),
                    usage_error);
  spec.output.failed = "results.jsonl";
  spec.output.path = "other.jsonl";
  REQUIRE_THROWS_WITH(require_usable(spec, name_outputs(spec, false), {input}),
                      ContainsSubstring("is also an input"));
}

TEST_CASE("files of answers lie beside the output, and lines name them from there") {
  const temporary_folder folder;
  job_spec spec = writing(folder);
  CHECK(name_outputs(spec, false).artifacts == folder.path("results.jsonl.artifacts"));
  CHECK(name_outputs(spec, false).artifacts_shown == "results.jsonl.artifacts");
  CHECK(name_outputs(spec, true).artifacts_shown == "results.simulated.jsonl.artifacts");
  spec.output.artifacts = "images/";
  CHECK(name_outputs(spec, false).artifacts == folder.path("images"));
  CHECK(name_outputs(spec, true).artifacts_shown == "images.simulated");
  spec.output.path = "out/results.jsonl";
  CHECK(name_outputs(spec, false).artifacts_shown == "../images");
}

TEST_CASE("a matrix is a file called .npy, and the lines beside it are no input") {
  const temporary_folder folder;
  job_spec spec = writing(folder);
  spec.output.format = output_format::npy;
  REQUIRE_THROWS_WITH(require_usable(spec, name_outputs(spec, false), {}),
                      ContainsSubstring("a matrix needs a file whose name ends in .npy"));
  spec.output.path = "v.npy";
  require_usable(spec, name_outputs(spec, false), {});
  const std::string input = folder.write("v.ids.jsonl", "{}\n");
  REQUIRE_THROWS_WITH(require_usable(spec, name_outputs(spec, false), {input}),
                      ContainsSubstring("is also an input"));
}

TEST_CASE("the lines of vectors") {
  outcome result;
  result.ok = true;
  result.custom_id = "\"a\"";
  result.text = "[1,-0.5]";
  REQUIRE(format_output_line(0, result, output_format::vectors) ==
          R"({"custom_id":"a","embedding":[1,-0.5]})");
  REQUIRE(format_output_line(0, result, output_format::npy) == R"({"custom_id":"a"})");
  result.members = R"("flagged":false)";
  REQUIRE(format_output_line(0, result, output_format::text) ==
          R"({"custom_id":"a","flagged":false})");
  result.ok = false;
  result.error_code = "c";
  result.error_message = "m";
  for (const output_format format : {output_format::vectors, output_format::npy}) {
    REQUIRE(format_output_line(0, result, format) ==
            R"({"custom_id":"a","error":{"code":"c","message":"m"}})");
  }
}
