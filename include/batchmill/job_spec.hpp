// Everything a job spec can say: each knob with its default, its unit and the meaning of absence.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/clock.hpp"
#include "batchmill/money.hpp"
#include "batchmill/row.hpp"

namespace batchmill {

/// A place in the spec file; both from 1 (characters), or both 0: not in the file but in --set.
struct source_mark {
  int line = 0;
  int column = 0;
};

/// A YAML value as JSON text. Numbers keep the spelling of the spec.
struct json_fragment {
  std::string text;                  // minified; empty when the key is absent
  std::vector<source_mark> strings;  // place of each string value, in document order
};

enum class request_method {
  post,
  get,  // the body's members go into the query
};

enum class api_flavor {
  openai,  // the API itself, and every server with its addresses
  azure,   // a deployment in each address, the key in `api-key`
};

enum class output_format {
  batch,    // the Batch API's output line
  text,     // custom_id, text, usage
  full,     // batch, and the input row under `input`
  vectors,  // custom_id, embedding
  npy,      // a matrix of the embeddings, and beside it a line for each row
};

/// How the requests reach the API.
enum class run_mode {
  online,  // each at once, by itself
  batch,   // many in a file, through the Batch API, for half the price
  by_run,  // chosen when the run begins
};

/// What run_mode::by_run looks for.
enum class preference { price, time };

/// Where rows go that an expired batch did not answer.
enum class expired_rows { batch, online };

/// What becomes of rows that batches have not answered at the deadline.
enum class late_rows {
  wait,    // the batches go on
  online,  // the batches are cancelled, the rows asked online
};

/// The numbers in a matrix.
enum class number_type { float32, float16 };

/// What becomes of a text that is longer than the model takes.
enum class long_text {
  fail,      // the server refuses it
  truncate,  // its beginning is sent
  average,   // it is sent in pieces, and their vectors are averaged
};

struct input_spec {
  std::vector<std::string> paths;    // files or globs, relative to the spec; "-" is standard input
  std::optional<row_format> format;  // absent: found out from the first line
  std::string id;                    // field that becomes custom_id; empty: the row number, from 0
  std::string files_root;            // where files that rows name are; empty: beside the input
};

/// A JSON Schema: written in the spec, or a file of it.
struct schema_source {
  json_fragment text;  // empty when absent or in a file
  std::string file;    // relative to the spec
};

/// When may a model stop?
enum class finish_rule {
  any,   // as it likes
  stop,  // where it was done: neither cut off nor filtered
};

/// What answers must be. One that is not is asked for again.
struct expect_spec {
  schema_source schema;             // of the answer's text, which is JSON then
  std::vector<std::string> one_of;  // the answer's text, without blanks around it; empty: any
  finish_rule finish = finish_rule::any;
  unsigned attempts = 3;  // answers for each row, the first included

  bool given() const {
    return !schema.text.text.empty() || !schema.file.empty() || !one_of.empty() ||
           finish != finish_rule::any;
  }
};

struct output_spec {
  std::string path;  // relative to the spec
  output_format format = output_format::batch;
  std::string failed;        // copy of the input rows that failed; empty: none
  std::string artifacts;     // folder of the files in answers; empty: `<path>.artifacts`
  bool keep_ledger = false;  // `<path>.ledger/` stays when the run is complete
  number_type numbers = number_type::float32;  // for output_format::npy
};

/// How many rows share a request, where the endpoint takes several inputs in one.
struct pack_spec {
  std::uint64_t rows = 2048;
  std::uint64_t tokens = 300'000;  // estimated
};

/// An amount of memory.
struct byte_size {
  std::uint64_t bytes = 0;
};

struct api_spec {
  api_flavor flavor = api_flavor::openai;
  std::string api_version = "2024-10-21";  // for azure
  std::string base_url = "https://api.openai.com/v1";
  std::string key_env = "OPENAI_API_KEY";  // used unless key_file or key_fd is given
  std::string key_file;
  std::optional<int> key_fd;
  std::string organization;
  std::string project;
  std::vector<std::pair<std::string, std::string>> headers;
  duration timeout = std::chrono::minutes(10);         // one attempt, connecting included
  duration connect_timeout = std::chrono::seconds(5);  // one address
  byte_size max_response{64'000'000};                  // of one answer, decompressed
  std::string proxy;    // empty: HTTPS_PROXY / HTTP_PROXY, unless NO_PROXY names the host
  std::string ca_file;  // empty: the system's certificates
};

struct limits_spec {
  std::optional<unsigned> concurrency;        // most in flight; absent: found, up to 1000
  std::optional<double> requests_per_minute;  // absent: learned from the server's headers
  std::optional<double> tokens_per_minute;    // absent: learned from the server's headers
  double share = 1.0;                         // part of each rate limit to use, (0, 1]
  std::optional<money> budget;                // the run never spends more; absent: no bound
};

/// A file of models and prices, as JSON, with the places of what stands in it.
struct models_source {
  std::string file;  // relative to the spec; empty: only the models that the program knows
  std::string json;
  std::map<std::string, source_mark> marks;  // JSON pointer -> its value's place
};

struct retry_spec {
  unsigned attempts = 6;  // the first included
  duration initial_delay = std::chrono::milliseconds(500);
  duration max_delay = std::chrono::seconds(60);
  duration row_deadline = std::chrono::hours(1);  // from the first attempt; no retry after it
  std::optional<duration> outage;  // without any answer, then the run stops; absent: 10 minutes,
                                   // or half a one while the server has never answered
};

/// The Batch API. Bounds: https://platform.openai.com/docs/guides/batch
struct batch_spec {
  std::uint64_t max_requests = 50'000;      // of one batch
  std::uint64_t max_bytes = 200'000'000;    // of its file
  std::optional<double> max_tokens;         // of one batch; absent: no bound of its own
  std::optional<double> enqueued_tokens;    // of all batches of a model; absent: learned
  unsigned attempts = 3;                    // batches for each row, the first included
  duration poll = std::chrono::seconds(5);  // between two looks at first; grows twelvefold
  expired_rows on_expired = expired_rows::batch;
  late_rows on_deadline = late_rows::wait;
  bool keep_files = false;  // remote files stay when their results are here
};

struct stop_spec {
  double failures = 0.5;      // stop when a larger share of the rows failed; 1: never
  std::uint64_t after = 200;  // counted from so many finished rows on
};

struct job_spec {
  std::string file;  // the spec's path as given; "" when built in code
  std::string name;
  std::string endpoint = "/v1/chat/completions";
  request_method method = request_method::post;
  std::string model;  // put into bodies that name none; empty: bodies must name it
  run_mode mode = run_mode::online;
  preference prefer = preference::price;  // for run_mode::by_run
  std::string deadline;                   // "6h" or "08:00", local time; empty: none
  batch_spec batch;
  input_spec input;
  json_fragment body_template;  // for row_format::rows
  json_fragment parameters;     // an object, merged into every body; the row's own keys win over it
  models_source models;         // added to the models that the program knows
  expect_spec expect;
  std::optional<bool> dedupe;  // equal requests are sent once; absent: where answers are alike
  pack_spec pack;
  std::optional<unsigned> dimensions;  // of embeddings; absent: the model's
  bool normalize = false;              // embeddings are scaled to length 1
  long_text too_long = long_text::fail;
  json_fragment thresholds;  // of moderation: scores from which on a category counts as flagged
  output_spec output;
  api_spec api;
  limits_spec limits;
  retry_spec retry;
  stop_spec stop;

  std::map<std::string, source_mark> marks;  // key path such as "input.path" -> its value's place

  /// "job.yaml:5:9" or "--set input.path" for a key path (or its nearest parent), for messages.
  /// "job.yaml" when nothing is known.
  std::string where(const std::string& key_path) const;

  /// A path of the spec, taken relative to the spec's folder.
  std::string resolve(const std::string& path) const;
};

/// Reads and checks a spec. `overrides` are "key.path=value" as of --set; they win over the file.
/// Throws usage_error: one sentence with file:line:column, and the nearest right name.
job_spec load_job_spec(const std::string& path, const std::vector<std::string>& overrides = {});

/// The JSON Schema of the spec, draft-07, for editors.
std::string job_spec_schema();

}  // namespace batchmill
