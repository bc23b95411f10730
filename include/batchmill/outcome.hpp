// The final word on a row: everything its output line says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/shared_bytes.hpp"

namespace batchmill {

/// What the server says it counted. Zero where it says nothing.
struct token_usage {
  std::int64_t prompt = 0;
  std::int64_t completion = 0;
  std::int64_t total = 0;
  std::int64_t cached = 0;         // part of prompt
  std::int64_t reasoning = 0;      // part of completion
  std::int64_t cache_written = 0;  // part of prompt: some models charge more for it

  token_usage& operator+=(const token_usage& other) {
    prompt += other.prompt;
    completion += other.completion;
    total += other.total;
    cached += other.cached;
    reasoning += other.reasoning;
    cache_written += other.cache_written;
    return *this;
  }
};

/// A file that an answer holds: saved beside the output, which says where.
struct artifact {
  artifact() = default;
  artifact(std::size_t a, std::string s, std::string b)
      : at(a), suffix(std::move(s)), bytes(std::move(b)) {}

  std::size_t at = 0;   // where in the body its description goes
  std::string suffix;   // "png"
  std::string bytes;    // empty as long as it has to be fetched
  std::string address;  // where it came from; empty: it was in the answer
};

struct outcome {
  outcome() = default;

  bool ok = false;
  std::string custom_id;      // raw JSON string, quotes included, as it will stand in the output
  int status = 0;             // HTTP status; 0: no response, `error_*` say why
  std::string request_id;     // x-request-id, empty when absent
  std::string body;           // minified JSON of the response
  std::string text;           // raw JSON (string or null): the answer itself, for `format: text`
  std::string usage;          // raw JSON of the usage object, for `format: text`; empty when absent
  std::string members;        // raw JSON members that stand there in place of text and usage
  std::string input;          // minified input row, for `format: full`
  std::string error_code;     // e.g. "timed_out", "invalid_row", "rate_limit_exceeded"
  std::string error_message;  // one sentence
  std::vector<artifact> artifacts;  // in the order of their places; empty once they are saved
  token_usage tokens;
  unsigned attempts = 0;
  shared_bytes vector;              // its numbers' bytes, for `format: npy`
  std::vector<std::string> labels;  // what the answer is counted under in the summary
};

}  // namespace batchmill
