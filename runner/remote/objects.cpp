#include "runner/remote/objects.hpp"

#include <algorithm>
#include <array>

#include "runner/remote/object_fields.hpp"

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

remote_file file_of(const object_fields& f) {
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
  json::for_each_element(bare ? errors : object_fields(errors).raw("data"),
                         [&](std::string_view element) {
                           const object_fields f(element);
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

std::optional<token_usage> usage_of(std::string_view object) {
  if (json::kind_of(object) != json::kind::object) return std::nullopt;
  const object_fields f(object);
  token_usage usage;
  usage.prompt = f.integer("input_tokens");
  usage.completion = f.integer("output_tokens");
  usage.total = f.integer("total_tokens");
  usage.cached = object_fields(f.raw("input_tokens_details")).integer("cached_tokens");
  usage.reasoning = object_fields(f.raw("output_tokens_details")).integer("reasoning_tokens");
  return usage;
}

void read_times(const object_fields& f, remote_batch& batch) {
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

remote_batch batch_of(const object_fields& f) {
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
  const object_fields counts(f.raw("request_counts"));
  batch.counts = {counts.count("total"), counts.count("completed"), counts.count("failed")};
  batch.metadata = pairs_of(f.raw("metadata"));
  batch.usage = usage_of(f.raw("usage"));
  return batch;
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
  const object_fields file(f->raw("file"));
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
