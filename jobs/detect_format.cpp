// Finds out from the first line of the input what its lines are.
#include "batchmill/error.hpp"
#include "batchmill/job.hpp"
#include "batchmill/json_text.hpp"

namespace batchmill {

namespace {

bool looks_like_batch(std::string_view line) {
  return json::member(line, "method") && json::member(line, "url") && json::member(line, "body");
}

bool is_upload(std::string_view endpoint) {
  return endpoint.find("/audio/") != std::string_view::npos ||
         endpoint.find("/images/") != std::string_view::npos;
}

/// Does a member stand there as a request body would have it?
bool looks_like_body(std::string_view line, const job_spec& spec) {
  const auto kind = [&](std::string_view key) {
    return json::kind_of(json::member(line, key).value_or(""));
  };
  for (const char* key : {"input", "prompt"}) {
    if (kind(key) == json::kind::string || kind(key) == json::kind::array) return true;
  }
  // Uploads: the path of a recording or an image.
  if (is_upload(spec.endpoint) &&
      (kind("file") == json::kind::string || json::member(line, "image"))) {
    return true;
  }
  return kind("messages") == json::kind::array || kind("model") == json::kind::string;
}

[[noreturn]] void fail(const job_spec& spec, const std::string& sentence) {
  throw usage_error(spec.where("input") + ": " + sentence);
}

}  // namespace

row_format detect_format(std::string_view first_line, const job_spec& spec) {
  if (spec.input.format) return *spec.input.format;
  const bool batch = looks_like_batch(first_line);
  if (!spec.body_template.text.empty()) {
    if (!batch) return row_format::rows;
    throw usage_error(spec.where("template") +
                      ": `template` is for rows of fields, but the input's first line has "
                      "`method`, `url` and `body` like the Batch API's; remove `template`, or set "
                      "`input.format: rows`");
  }
  if (const auto fault = json::validate(first_line)) {
    fail(spec, "the input's first line is no JSON (" + std::string(fault->what) + " at column " +
                   std::to_string(fault->offset + 1) +
                   "), so its format cannot be told; repair it or set `input.format`");
  }
  if (batch) return row_format::batch;
  if (looks_like_body(first_line, spec)) return row_format::bodies;
  fail(spec,
       "the input's first line is no request body; add a `template` that makes one of its "
       "fields");
}

}  // namespace batchmill
