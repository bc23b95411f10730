// What a job knows: how a row becomes a request and what a response means. Pure: no I/O, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <boost/system/result.hpp>

#include "batchmill/clock.hpp"
#include "batchmill/http.hpp"
#include "batchmill/job_spec.hpp"
#include "batchmill/outcome.hpp"
#include "batchmill/row.hpp"

namespace batchmill {

/// Where the inputs stand in a body, between the brackets of their array. Bodies that are equal but
/// for them can go out as one.
struct input_slice {
  std::size_t at = 0;
  std::size_t length = 0;
  unsigned count = 0;      // 0: the row has a request of its own
  unsigned char note = 0;  // the job's own, for reading the answer
  bool bare = false;       // the brackets are missing, as one input needs none by itself
};

/// A row made ready to be sent, as often as it takes.
struct prepared_request {
  prepared_request() = default;

  std::string custom_id;                // raw JSON string, quotes included
  std::string model;                    // rate limits are kept per model; empty when unknown
  std::int64_t prompt_tokens = 0;       // estimate
  std::int64_t max_output_tokens = 0;   // bound or guess, times `n`
  std::int64_t most_prompt_tokens = 0;  // a bound; INT64_MAX: none. Only where the job has a budget
  bool prompt_exact = false;            // `prompt_tokens` is what the server will count
  bool output_bounded = false;          // `max_output_tokens` is a bound that the request states
  float price_factor = 1;               // of the list price, by service tier; 0: not known
  http_request request;
  bool answered_alike = false;  // equal requests get equal answers, or nearly so
  input_slice inputs;           // for jobs that pack
};

/// How much goes into one request.
struct pack_limits {
  std::uint64_t rows = 0;    // 0: every row has a request of its own
  std::uint64_t inputs = 0;  // a row may bring several
  std::int64_t tokens = 0;
};

/// A row that cannot be sent. It fails alone; nothing goes over the network.
struct row_failure {
  row_failure() = default;
  row_failure(std::string id, std::string c, std::string m)
      : custom_id(std::move(id)), code(std::move(c)), message(std::move(m)) {}

  std::string custom_id;  // raw JSON string; the row number where the row has no id
  std::string code;       // "invalid_row", "missing_field"
  std::string message;    // one sentence, with file:line:column
};

/// What does this response mean for its row and for the run?
enum class answer_kind {
  success,       // the row is answered
  transient,     // may pass when sent again: 408, 409, 5xx, a malformed answer
  rate_limited,  // 429 that passes after a wait; the whole model should wait
  overloaded,    // the server asks for less traffic: 503, slow_down
  unreachable,   // not sent: there is no way to the server
  row_failed,    // this row will never pass
  unexpected,    // answered and paid, but not what the spec expects: may be better asked again
  run_stopped,   // no row will pass: key refused, quota or budget exhausted
};

/// A response, read.
struct reading {
  reading() = default;

  answer_kind kind = answer_kind::row_failed;
  std::string body;     // the response as minified JSON; text that is no JSON becomes a string
  std::string text;     // see outcome::text; filled only when the spec asks for it
  std::string usage;    // see outcome::usage
  std::string members;  // see outcome::members
  std::vector<artifact> artifacts;  // see outcome::artifacts
  token_usage tokens;
  std::string code;                 // of the failure, e.g. "rate_limit_exceeded"; empty on success
  std::string message;              // of the failure, as the server wrote it
  std::string advice;               // for run_stopped: what a person should do, one sentence
  std::optional<duration> wait;     // the wait that the error message names
  shared_bytes vector;              // see outcome::vector
  std::vector<std::string> labels;  // see outcome::labels
  bool for_all = false;  // of a refusal: its cause is nothing that sets the rows of a pack apart
};

class row_job {
 public:
  virtual ~row_job() = default;

  virtual boost::system::result<prepared_request, row_failure> prepare(const row& r) const = 0;

  /// The same, for when nothing depends on the tokens of a short prompt: they may be estimated,
  /// which takes a fraction of the time.
  virtual boost::system::result<prepared_request, row_failure> prepare_roughly(const row& r) const {
    return prepare(r);
  }

  /// Takes the response because its body is moved on where it can be.
  virtual reading read(http_response response) const = 0;

  /// Takes the file that came from the address of `file`. Returns what is wrong with the response;
  /// empty when nothing is.
  virtual std::string read_file(http_response /*response*/, artifact& /*file*/) const {
    return "no file was expected";
  }

  virtual pack_limits packing() const { return {}; }

  /// Reads the answer to the joined inputs of `rows`; of jobs that pack, also where there is one
  /// row. Returns what it means for all of them. On success `each` gets one reading per row, whose
  /// tokens add up to those of the whole.
  virtual reading read_packed(http_response response,
                              std::span<const prepared_request* const> /*rows*/,
                              std::vector<reading>& each) const {
    each.assign(1, read(std::move(response)));
    return each.front();
  }
};

/// The format of the input, found out from its first line.
row_format detect_format(std::string_view first_line, const job_spec& spec);

/// The job for `spec.endpoint`. Throws usage_error with the place in the spec when the template or
/// parameters cannot work. `format` is what the input holds.
std::unique_ptr<row_job> make_job(const job_spec& spec, row_format format);

}  // namespace batchmill
