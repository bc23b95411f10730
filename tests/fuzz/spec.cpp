// A job spec: it loads, or one sentence with its place says what is wrong.
#include "batchmill/error.hpp"
#include "batchmill/job.hpp"
#include "batchmill/job_spec.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using fuzz::require;

static void require_sentence(const std::string& message, const std::string& path) {
  require(message.starts_with(path), "a message begins with its place");
  require(fuzz::is_one_line(message), "a message is one line");
}

FUZZ_TARGET(fuzz_spec) {
  static const testing::temporary_folder folder;
  static const std::string path = folder.path("job.yaml");
  folder.write("job.yaml", std::string(input));
  try {
    const job_spec spec = load_job_spec(path);
    require(!spec.name.empty() && !spec.output.path.empty(), "a job has a name and an output");
    make_job(spec, spec.input.format.value_or(row_format::bodies));
  } catch (const usage_error& refusal) {
    require_sentence(refusal.what(), path);
  }
}
