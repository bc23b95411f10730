// A template and, in the next line, a row: the body is valid JSON, or a sentence says why there is
// none.
#include "jobs/template.hpp"

#include <filesystem>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using fuzz::require;

FUZZ_TARGET(fuzz_body_template) {
  static const testing::temporary_folder files;  // for what a row names
  static const std::string root = files.path("");
  const std::string_view text = fuzz::take_until(input, "\n");
  job_spec spec;
  std::string row;
  if (json::minify(text, spec.body_template.text) || json::minify(input, row)) return;
  jobs::field_set fields;
  try {
    const jobs::body_template compiled(spec, fields);
    std::string body;
    const auto problem = compiled.render(row, fields.find(row), root, body);
    if (problem)
      require(!problem->code.empty() && !problem->sentence.empty(), "a problem has a sentence");
    else
      require(!json::validate(body), "a body is valid JSON");
  } catch (const usage_error& refusal) {
    require(*refusal.what() != '\0', "a refusal has a sentence");
  }
}
