#include "runner/remote/objects.hpp"

#include <algorithm>
#include <array>

#include "batchmill/json_text.hpp"

namespace batchmill {
namespace {

struct status_name {
  const char* name;
  batch_status status;
};

constexpr std::array<status_name, 8> status_names = {{
    {"validating", batch_status::validating},
    {"failed", batch_status::failed},
    {"in_progress", batch_status::in_progress},
    {"finalizing", batch_status::finalizing},
    {"completed", batch_status::completed},
    {"expired", batch_status::expired},
    {"cancelling", batch_status::cancelling},
    {"cancelled", batch_status::cancelled},
}};

batch_status status_of(std::string_view name) {
  for (const status_name& known : status_names) {
    if (known.name == name) return known.status;
  }
  return batch_status::unknown;
}

/// Members of one object, each with its default where it is missing, null or something else.
class fields {
 public:
  explicit fields(std::string_view object) : object_(object) {}

  std::string_view raw(std::string_view key) const {
    return json::member(object_, key).value_or("");
  }
  std::string text(std::string_view key) const { return json::unquote(raw(key)).value_or(""); }
  std::int64_t integer(std::string_view key) const { return json::integer(raw(key)).value_or(0); }
  std::uint64_t count(std::string_view key) const {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer(key)));
  }

 private:
  std::string_view object_;
};

remote_file file_of(const fields& f) {
  remote_file file;
  file.id = f.text("id");
  file.filename = f.text("filename");
  file.purpose = f.text("purpose");
  file.status = f.text("status");
  file.bytes = f.count("bytes");
  file.created_at = f.integer("created_at");
  file.expires_at = f.integer("expires_at");
  return file;
}

std::vector<batch_problem> problems_of(std::string_view errors) {
  // {"object":"list","data":[...]}, and from some servers the list alone.
  const bool bare = json::kind_of(errors) == json::kind::array;
  std::vector<batch_problem> problems;
  json::for_each_element(bare ? errors : fields(errors).raw("data"), [&](std::string_view element) {
    const fields f(element);
    batch_problem problem;
    problem.code = f.text("code");
    problem.message = f.text("message");
    problem.param = f.text("param");
    if (f.integer("line") > 0) problem.line = f.count("line");
    problems.push_back(std::move(problem));
    return true;
  });
  return problems;
}

std::vector<std::pair<std::string, std::string>> pairs_of(std::string_view object) {
  std::vector<std::pair<std::string, std::string>> pairs;
  json::for_each_member(object, [&](std::string_view key, std::string_view value) {
    pairs.emplace_back(json::unquote(key).value_or(""), json::unquote(value).value_or(""));
    return true;
  });
  return pairs;
}

std::optional<token_usage> usage_of(std::string_view object) {
  if (json::kind_of(object) != json::kind::object) return std::nullopt;
  const fields f(object);
  token_usage usage;
  usage.prompt = f.integer("input_tokens");
  usage.completion = f.integer("output_tokens");
  usage.total = f.integer("total_tokens");
  usage.cached = fields(f.raw("input_tokens_details")).integer("cached_tokens");
  usage.reasoning = fields(f.raw("output_tokens_details")).integer("reasoning_tokens");
  return usage;
}

void read_times(const fields& f, remote_batch& batch) {
  batch.created_at = f.integer("created_at");
  batch.in_progress_at = f.integer("in_progress_at");
  batch.expires_at = f.integer("expires_at");
  batch.finalizing_at = f.integer("finalizing_at");
  batch.completed_at = f.integer("completed_at");
  batch.failed_at = f.integer("failed_at");
  batch.expired_at = f.integer("expired_at");
  batch.cancelling_at = f.integer("cancelling_at");
  batch.cancelled_at = f.integer("cancelled_at");
}

remote_batch batch_of(const fields& f) {
  remote_batch batch;
  batch.id = f.text("id");
  batch.status_text = f.text("status");
  batch.status = status_of(batch.status_text);
  batch.endpoint = f.text("endpoint");
  batch.model = f.text("model");
  batch.input_file_id = f.text("input_file_id");
  batch.output_file_id = f.text("output_file_id");
  batch.error_file_id = f.text("error_file_id");
  batch.window = f.text("completion_window");
  batch.problems = problems_of(f.raw("errors"));
  read_times(f, batch);
  const fields counts(f.raw("request_counts"));
  batch.counts = {counts.count("total"), counts.count("completed"), counts.count("failed")};
  batch.metadata = pairs_of(f.raw("metadata"));
  batch.usage = usage_of(f.raw("usage"));
  return batch;
}

/// Of a JSON text that is an object with an `id`, as every object of the API has one.
std::optional<fields> object_in(std::string_view json) {
  if (json::validate(json)) return std::nullopt;
  const fields f(json);
  if (f.text("id").empty()) return std::nullopt;
  return f;
}

template <class Object>
read_result<remote_page<Object>> page_in(std::string_view json, Object (*read)(const fields&)) {
  const fields f(json);
  if (json::validate(json) || json::kind_of(f.raw("data")) != json::kind::array) {
    return std::string("the answer is not a list");
  }
  remote_page<Object> page;
  json::for_each_element(f.raw("data"), [&](std::string_view element) {
    Object item = read(fields(element));
    if (!item.id.empty()) page.items.push_back(std::move(item));
    return true;
  });
  page.last_id = f.text("last_id");
  if (page.last_id.empty() && !page.items.empty()) page.last_id = page.items.back().id;
  page.has_more = f.raw("has_more") == "true" && !page.last_id.empty();
  return page;
}

}  // namespace

const char* to_string(batch_status status) {
  for (const status_name& known : status_names) {
    if (known.status == status) return known.name;
  }
  return "unknown";
}

bool is_final(batch_status status) {
  return status == batch_status::failed || status == batch_status::completed ||
         status == batch_status::expired || status == batch_status::cancelled;
}

std::string_view remote_batch::tag(std::string_view key) const {
  for (const auto& [name, value] : metadata) {
    if (name == key) return value;
  }
  return {};
}

read_result<remote_file> read_file_object(std::string_view json) {
  const auto f = object_in(json);
  if (!f) return std::string("the answer is not a file object");
  return file_of(*f);
}

read_result<remote_batch> read_batch_object(std::string_view json) {
  const auto f = object_in(json);
  if (!f) return std::string("the answer is not a batch object");
  return batch_of(*f);
}

read_result<remote_upload> read_upload_object(std::string_view json) {
  const auto f = object_in(json);
  if (!f) return std::string("the answer is not a upload object");
  remote_upload upload;
  upload.id = f->text("id");
  upload.status = f->text("status");
  const fields file(f->raw("file"));
  if (!file.text("id").empty()) upload.file = file_of(file);
  return upload;
}

read_result<remote_page<remote_file>> read_file_page(std::string_view json) {
  return page_in<remote_file>(json, file_of);
}

read_result<remote_page<remote_batch>> read_batch_page(std::string_view json) {
  return page_in<remote_batch>(json, batch_of);
}

}  // namespace batchmill
