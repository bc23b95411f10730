// Every key of a job spec, described once: loading, checking, suggesting and the schema read this.
#include "runner/spec/keys.hpp"

#include <algorithm>
#include <array>

namespace batchmill::spec {

namespace {

constexpr range anything{};
constexpr range positive{0, std::numeric_limits<double>::max(), true};
constexpr range share_above_zero{0, 1, true};
constexpr double year = 365 * 24 * 3600;  // seconds; keeps sums of times far from overflow
constexpr range some_time{0, year, true};
constexpr range any_time{0, year};
constexpr range any_share{0, 1};
constexpr range some_money{0, 1'000'000, true};  // dollars
constexpr range any_count{0, 1e15};
constexpr range descriptor{0, 1'000'000};
constexpr range connections{1, 1'000'000};
constexpr range attempt_count{1, 1'000};
constexpr range pack_rows{1, 1'000'000};
constexpr range pack_tokens{1, 1e12};
constexpr range batch_requests{1, 50'000};
constexpr range batch_bytes{1000, 200'000'000};
constexpr range memory{1000, 1e12};  // bytes
constexpr range vector_length{1, 1'000'000};

constexpr auto keys = std::to_array<key>({
    {"name", [](job_spec& j) -> target { return &j.name; },
     "Name of the job, for messages and the default output; default: the file's stem.",
     "support-triage", text_rule::file_name},
    {"endpoint", [](job_spec& j) -> target { return &j.endpoint; },
     "Path of the API that every row is sent to.", "/v1/chat/completions", text_rule::endpoint},
    {"method", [](job_spec& j) -> target { return &j.method; },
     "How every row is sent; with GET what a body says goes into the query.", "GET"},
    {"model", [](job_spec& j) -> target { return &j.model; },
     "Model for the bodies that name none; default: every body must name its own.", "gpt-4o-mini"},
    {"models", [](job_spec& j) -> target { return &j.models; },
     "YAML file of models and prices, relative to the spec: it adds to those that the program "
     "knows "
     "and corrects them.",
     "my-models.yaml"},

    {"mode", [](job_spec& j) -> target { return &j.mode; },
     "How requests reach the API: online sends each at once, batch sends files of them through the "
     "Batch API for half the price, auto chooses when the run begins.",
     "batch"},
    {"prefer", [](job_spec& j) -> target { return &j.prefer; }, "What mode: auto looks for.",
     "time"},
    {"deadline", [](job_spec& j) -> target { return &j.deadline; },
     "When the results are needed: a time from the start, or the next time of day, local.", "6h",
     text_rule::deadline},

    {"input", nullptr, "Where the rows come from.", ""},
    {"input.path", [](job_spec& j) -> target { return &j.input.paths; },
     "A file, a glob, a list of them, or \"-\" for standard input, relative to the spec; files "
     "that end in .gz or .zst are decompressed.",
     "tickets.jsonl", text_rule::any, anything, false, true},
    {"input.format", [](job_spec& j) -> target { return &j.input.format; },
     "What a line is: rows are your own fields for the template, bodies are request bodies, batch "
     "is the Batch API's input format; files makes a row of each file. Default: found out from the "
     "first line, and from the files' names.",
     "rows"},
    {"input.id", [](job_spec& j) -> target { return &j.input.id; },
     "Field of a row that becomes its custom_id; default: the row number, from 0.", "ticket_id"},
    {"input.files_root", [](job_spec& j) -> target { return &j.input.files_root; },
     "Folder below which the files that rows name must be, relative to the spec; default: the "
     "folder "
     "of the input file.",
     "images"},

    {"template", [](job_spec& j) -> target { return &j.body_template; },
     "Request body made for each row, with {{ field }}, {{ a.b[0] }} and {{ field | json }}.",
     "{messages: [{role: user, content: \"{{ text }}\"}]}"},
    {"parameters", [](job_spec& j) -> target { return &j.parameters; },
     "Merged into every request body; what a body says itself wins.", "{temperature: 0}"},

    {"expect", nullptr, "What answers must be; one that is not is asked for again.", ""},
    {"expect.schema", [](job_spec& j) -> target { return &j.expect.schema; },
     "JSON Schema (draft 7) that the answer's text must fit, or the path of a file that holds it.",
     "answer.schema.json"},
    {"expect.one_of", [](job_spec& j) -> target { return &j.expect.one_of; },
     "What the answer's text may be, blanks around it aside.", "[billing, bug, wish]"},
    {"expect.finish", [](job_spec& j) -> target { return &j.expect.finish; },
     "stop: an answer that was cut off or filtered is none.", "stop"},
    {"expect.attempts", [](job_spec& j) -> target { return &j.expect.attempts; },
     "Answers for each row, the first included, until one is as expected; all are paid.", "3",
     text_rule::any, attempt_count},

    {"dedupe", [](job_spec& j) -> target { return &j.dedupe; },
     "Send equal requests once and give each of their rows the answer; auto: where the temperature "
     "is 0, and for embeddings and moderations.",
     "true", text_rule::any, anything, true},
    {"pack", nullptr, "How many rows share a request, for embeddings, moderation and completions.",
     ""},
    {"pack.rows", [](job_spec& j) -> target { return &j.pack.rows; },
     "Most rows in a request; 1 sends each alone. For completions it is 20 unless given.", "2048",
     text_rule::any, pack_rows},
    {"pack.tokens", [](job_spec& j) -> target { return &j.pack.tokens; },
     "Most tokens in a request, estimated.", "300000", text_rule::any, pack_tokens},

    {"dimensions", [](job_spec& j) -> target { return &j.dimensions; },
     "Length of the embeddings; auto is the model's.", "256", text_rule::any, vector_length, true},
    {"normalize", [](job_spec& j) -> target { return &j.normalize; },
     "Scale every embedding to length 1.", "true"},
    {"too_long", [](job_spec& j) -> target { return &j.too_long; },
     "What becomes of a text that is longer than the embedding model takes: fail lets the server "
     "refuse it, truncate sends its beginning, average sends it in pieces and averages their "
     "embeddings.",
     "average"},
    {"thresholds", [](job_spec& j) -> target { return &j.thresholds; },
     "Scores of moderation categories from which on a row counts as flagged, instead of what the "
     "server says.",
     "{violence: 0.3}"},

    {"output", nullptr, "Where the results go.", ""},
    {"output.path", [](job_spec& j) -> target { return &j.output.path; },
     "File of the results, relative to the spec; default: <name>.results.jsonl, or .npy.",
     "results.jsonl"},
    {"output.format", [](job_spec& j) -> target { return &j.output.format; },
     "What a result line is: batch is the Batch API's output line, text is custom_id, text and "
     "usage, full is batch with the input row; of embeddings also vectors, which is custom_id and "
     "embedding, and npy, a NumPy matrix.",
     "batch"},
    {"output.numbers", [](job_spec& j) -> target { return &j.output.numbers; },
     "Numbers of the matrix that output.format npy writes.", "float16"},
    {"output.failed", [](job_spec& j) -> target { return &j.output.failed; },
     "Copy of the input rows that failed, ready to be run again; default: none.", "failed.jsonl"},
    {"output.artifacts", [](job_spec& j) -> target { return &j.output.artifacts; },
     "Folder for the files that answers hold, such as images and speech, relative to the spec; "
     "default: <output>.artifacts.",
     "images"},
    {"output.keep_ledger", [](job_spec& j) -> target { return &j.output.keep_ledger; },
     "Keep the folder <output>.ledger when every row succeeded, so that a later change of spec or "
     "input can --reuse the results.",
     "true"},

    {"api", nullptr, "The server and how to reach it.", ""},
    {"api.base_url", [](job_spec& j) -> target { return &j.api.base_url; }, "Base URL of the API.",
     "https://api.openai.com/v1", text_rule::url},
    {"api.flavor", [](job_spec& j) -> target { return &j.api.flavor; },
     "Addresses and key header of the server: azure is for Azure OpenAI, whose deployments are "
     "named like models.",
     "azure"},
    {"api.api_version", [](job_spec& j) -> target { return &j.api.api_version; },
     "Version of Azure's API, sent as api-version.", "2024-10-21", text_rule::version},
    {"api.key_env", [](job_spec& j) -> target { return &j.api.key_env; },
     "Environment variable that holds the API key; for azure AZURE_OPENAI_API_KEY is the default.",
     "OPENAI_API_KEY", text_rule::variable},
    {"api.key_file", [](job_spec& j) -> target { return &j.api.key_file; },
     "File that holds the API key, instead of key_env.", "openai.key"},
    {"api.key_fd", [](job_spec& j) -> target { return &j.api.key_fd; },
     "Open file descriptor to read the API key from, instead of key_env.", "3", text_rule::any,
     descriptor},
    {"api.organization", [](job_spec& j) -> target { return &j.api.organization; },
     "Organization to bill, sent as OpenAI-Organization.", "org-123"},
    {"api.project", [](job_spec& j) -> target { return &j.api.project; },
     "Project to bill, sent as OpenAI-Project.", "proj_123"},
    {"api.headers", [](job_spec& j) -> target { return &j.api.headers; },
     "Further headers of every request.", "{X-Team: search}"},
    {"api.timeout", [](job_spec& j) -> target { return &j.api.timeout; },
     "Time for one attempt, connecting included.", "10m", text_rule::any, some_time},
    {"api.connect_timeout", [](job_spec& j) -> target { return &j.api.connect_timeout; },
     "Time to connect to one address.", "5s", text_rule::any, some_time},
    {"api.max_response", [](job_spec& j) -> target { return &j.api.max_response; },
     "Largest answer that is taken, decompressed.", "64MB", text_rule::any, memory},
    {"api.proxy", [](job_spec& j) -> target { return &j.api.proxy; },
     "HTTP proxy; default: HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY names the host.",
     "http://proxy.example:3128", text_rule::url},
    {"api.ca_file", [](job_spec& j) -> target { return &j.api.ca_file; },
     "PEM file of the certificates to trust; default: the system's.", "company-ca.pem"},

    {"limits", nullptr, "How fast the job may go.", ""},
    {"limits.concurrency", [](job_spec& j) -> target { return &j.limits.concurrency; },
     "Most requests in flight at a time; auto finds it, up to 1000.", "1000", text_rule::any,
     connections, true},
    {"limits.requests_per_minute",
     [](job_spec& j) -> target { return &j.limits.requests_per_minute; },
     "Requests a minute; auto learns it from the server's headers.", "10000", text_rule::any,
     positive, true},
    {"limits.tokens_per_minute", [](job_spec& j) -> target { return &j.limits.tokens_per_minute; },
     "Tokens a minute; auto learns it from the server's headers.", "2000000", text_rule::any,
     positive, true},
    {"limits.share", [](job_spec& j) -> target { return &j.limits.share; },
     "Part of each rate limit to use; auto is all of it.", "95%", text_rule::any, share_above_zero,
     true},
    {"limits.budget", [](job_spec& j) -> target { return &j.limits.budget; },
     "What the job may cost at most, over all its runs until the output is complete: it stops "
     "before the request that could cost more; auto is no bound.",
     "25 USD", text_rule::any, some_money, true},

    {"batch", nullptr, "How the Batch API is used, with mode: batch or auto.", ""},
    {"batch.max_requests", [](job_spec& j) -> target { return &j.batch.max_requests; },
     "Most requests in a batch.", "10000", text_rule::any, batch_requests},
    {"batch.max_bytes", [](job_spec& j) -> target { return &j.batch.max_bytes; },
     "Most bytes in the file of a batch.", "100_000_000", text_rule::any, batch_bytes},
    {"batch.max_tokens", [](job_spec& j) -> target { return &j.batch.max_tokens; },
     "Most prompt tokens in a batch; auto is as many as may be enqueued.", "1_000_000",
     text_rule::any, positive, true},
    {"batch.enqueued_tokens", [](job_spec& j) -> target { return &j.batch.enqueued_tokens; },
     "Prompt tokens that unfinished batches of a model may hold together; auto learns it from the "
     "server's refusals.",
     "2_000_000", text_rule::any, positive, true},
    {"batch.attempts", [](job_spec& j) -> target { return &j.batch.attempts; },
     "Batches for each row, the first included, until one answers it.", "3", text_rule::any,
     attempt_count},
    {"batch.poll", [](job_spec& j) -> target { return &j.batch.poll; },
     "Time between two looks at the batches at first; it grows twelvefold while nothing changes. A "
     "batch whose creation was not answered is looked for during sixty times this.",
     "5s", text_rule::any, some_time},
    {"batch.on_expired", [](job_spec& j) -> target { return &j.batch.on_expired; },
     "Where rows go that a batch did not answer within its day.", "online"},
    {"batch.on_deadline", [](job_spec& j) -> target { return &j.batch.on_deadline; },
     "What becomes of rows without an answer at the deadline: wait leaves them in their batches, "
     "online cancels the batches and asks at once.",
     "online"},
    {"batch.keep_files", [](job_spec& j) -> target { return &j.batch.keep_files; },
     "Leave the files of finished batches on the server.", "true"},

    {"retry", nullptr, "What happens to a row whose attempt failed.", ""},
    {"retry.attempts", [](job_spec& j) -> target { return &j.retry.attempts; },
     "Attempts for each row, the first included.", "6", text_rule::any, attempt_count},
    {"retry.initial_delay", [](job_spec& j) -> target { return &j.retry.initial_delay; },
     "Wait before the second attempt; it doubles each time.", "500ms", text_rule::any, any_time},
    {"retry.max_delay", [](job_spec& j) -> target { return &j.retry.max_delay; },
     "Longest wait between two attempts.", "60s", text_rule::any, any_time},
    {"retry.outage", [](job_spec& j) -> target { return &j.retry.outage; },
     "How long the server may answer nothing, while all rows wait, until the run stops; auto is "
     "10m, "
     "and 30s where it has never answered.",
     "10m", text_rule::any, any_time, true},
    {"retry.row_deadline", [](job_spec& j) -> target { return &j.retry.row_deadline; },
     "Time for a row from its first attempt; none is begun after it.", "1h", text_rule::any,
     some_time},

    {"stop", nullptr, "When the run gives up.", ""},
    {"stop.failures", [](job_spec& j) -> target { return &j.stop.failures; },
     "Stop when a larger share of the rows failed; 100% never stops.", "5%", text_rule::any,
     any_share},
    {"stop.after", [](job_spec& j) -> target { return &j.stop.after; },
     "Finished rows from which on the share of failures counts.", "200", text_rule::any, any_count},
});

constexpr auto row_formats = std::to_array<std::string_view>({"rows", "bodies", "batch", "files"});
constexpr auto output_formats =
    std::to_array<std::string_view>({"batch", "text", "full", "vectors", "npy"});
constexpr auto number_types = std::to_array<std::string_view>({"float32", "float16"});
constexpr auto long_texts = std::to_array<std::string_view>({"fail", "truncate", "average"});
constexpr auto finish_rules = std::to_array<std::string_view>({"any", "stop"});
constexpr auto methods = std::to_array<std::string_view>({"POST", "GET"});
constexpr auto flavors = std::to_array<std::string_view>({"openai", "azure"});
constexpr auto run_modes = std::to_array<std::string_view>({"online", "batch", "auto"});
constexpr auto preferences = std::to_array<std::string_view>({"price", "time"});
constexpr auto expired_places = std::to_array<std::string_view>({"batch", "online"});
constexpr auto late_places = std::to_array<std::string_view>({"wait", "online"});

}  // namespace

std::string_view key::parent() const {
  const auto dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

std::string_view key::name() const {
  return path.substr(path.rfind('.') + 1);
}

std::span<const key> all_keys() {
  return keys;
}

const key* find_key(std::string_view path) {
  const auto found = std::ranges::find(keys, path, &key::path);
  return found == keys.end() ? nullptr : &*found;
}

std::vector<const key*> keys_under(std::string_view section) {
  std::vector<const key*> result;
  for (const auto& k : keys)
    if (k.parent() == section) result.push_back(&k);
  return result;
}

bool may_be_auto(std::string_view section) {
  const auto keys = keys_under(section);
  return std::ranges::all_of(keys, [](const key* k) { return k->may_be_auto; });
}

std::string join_path(std::string_view section, std::string_view name) {
  auto path = std::string(section);
  if (!path.empty()) path += '.';
  return path.append(name);
}

std::span<const std::string_view> names_of(row_format) {
  return row_formats;
}
std::span<const std::string_view> names_of(output_format) {
  return output_formats;
}
std::span<const std::string_view> names_of(finish_rule) {
  return finish_rules;
}
std::span<const std::string_view> names_of(request_method) {
  return methods;
}
std::span<const std::string_view> names_of(api_flavor) {
  return flavors;
}
std::span<const std::string_view> names_of(number_type) {
  return number_types;
}
std::span<const std::string_view> names_of(long_text) {
  return long_texts;
}
std::span<const std::string_view> names_of(run_mode) {
  return run_modes;
}
std::span<const std::string_view> names_of(preference) {
  return preferences;
}
std::span<const std::string_view> names_of(expired_rows) {
  return expired_places;
}
std::span<const std::string_view> names_of(late_rows) {
  return late_places;
}

}  // namespace batchmill::spec
