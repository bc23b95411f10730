// Specs and rows for the tests of jobs/.
#pragma once

#include <memory>
#include <string>

#include "batchmill/error.hpp"
#include "batchmill/job.hpp"
#include "tests/support/catch.hpp"

namespace batchmill::testing {

/// A spec called "triage.yaml" with a model; its template is minified JSON, each of its first
/// strings in a line of its own from line 8 on, in column 15.
inline job_spec spec_with(const std::string& body_template = "") {
  job_spec spec;
  spec.file = "triage.yaml";
  spec.model = "gpt-4o-mini";
  spec.body_template.text = body_template;
  for (int line = 8; line < 16 && !body_template.empty(); ++line) {
    spec.body_template.strings.push_back({line, 15});
  }
  spec.marks["template"] = {7, 3};
  spec.marks["input"] = {4, 3};
  spec.marks["endpoint"] = {2, 11};
  return spec;
}

/// Line 17 of tickets.jsonl, row number 16.
inline row line_17(const std::string& text) {
  return row(16, text, std::make_shared<const std::string>("tickets.jsonl"), 17);
}

/// The message of the usage_error that `f` throws; "no error" when it throws none.
template <class F>
std::string usage_error_of(F f) {
  try {
    f();
  } catch (const usage_error& e) {
    return e.what();
  }
  return "no error";
}

}  // namespace batchmill::testing
