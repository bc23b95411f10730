#include "runner/remote/api_client.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "batchmill/error.hpp"
#include "batchmill/form_text.hpp"
#include "batchmill/json_text.hpp"
#include "batchmill/url_text.hpp"
#include "runner/remote/file_download.hpp"
#include "runner/remote/page_query.hpp"
#include "runner/remote/part_upload.hpp"

namespace batchmill {
namespace {

constexpr std::uint64_t largest_request = 512ULL << 20;  // of a file; above it goes up in parts
constexpr unsigned files_a_page = 1000;
constexpr unsigned batches_a_page = 100;

std::uint64_t size_of(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    throw run_error(fmt::format("cannot read {}: {}", path, strerror(errno)));
  }
  if (!S_ISREG(facts.st_mode)) throw run_error(fmt::format("{} is not a regular file", path));
  return static_cast<std::uint64_t>(facts.st_size);
}

http_request form_request(std::string target, const upload_order& order, std::uint64_t size,
                          std::string boundary) {
  form_text form(std::move(boundary));
  form.add_text("purpose", order.purpose);
  if (order.expires_after > 0) {
    form.add_text("expires_after[anchor]", "created_at");
    form.add_text("expires_after[seconds]", std::to_string(order.expires_after));
  }
  form.add_file("file", order.filename, "application/octet-stream", upload(0, order.path, size));
  http_request request("POST", std::move(target), "");
  std::move(form).finish(request);
  return request;
}

std::string body_of(const batch_order& order) {
  std::string body = fmt::format(R"({{"input_file_id":{},"endpoint":{},"completion_window":{})",
                                 json::quote(order.input_file_id), json::quote(order.endpoint),
                                 json::quote(order.window));
  std::string pairs;
  for (const auto& [key, value] : order.metadata) {
    pairs += (pairs.empty() ? "" : ",") + json::quote(key) + ':' + json::quote(value);
  }
  if (!pairs.empty()) body += R"(,"metadata":{)" + pairs + '}';
  if (order.output_expires_after > 0) {
    body += fmt::format(R"(,"output_expires_after":{{"anchor":"created_at","seconds":{}}})",
                        order.output_expires_after);
  }
  return body + '}';
}

bool is_ending(batch_status status) {
  return is_final(status) || status == batch_status::cancelling;
}

remote_failure doubted(std::string why) {
  return {failure_kind::passing, 0, "incomplete_content", std::move(why)};
}

}  // namespace

api_client::api_client(transport& wire, clock& time, api_paths paths, const retry_spec& retry,
                       std::uint64_t seed, retry_watch watch)
    : caller_(wire, time, retry, seed, std::move(watch)), paths_(std::move(paths)) {}

template <class Object>
awaitable<remote_result<Object>> api_client::ask(http_request request, repeatable how,
                                                 read_result<Object> (*read)(std::string_view)) {
  const auto answer = co_await caller_.call(std::move(request), how);
  if (!answer) co_return answer.error();
  auto object = read(answer->body);
  if (!object) co_return misread(how, answer->status, object.error());
  co_return std::move(*object);
}

std::string api_client::file_target(const std::string& id, std::string_view step) const {
  return paths_.target("/files/" + percent_encoded(id) + std::string(step));
}

std::string api_client::batch_target(const std::string& id, std::string_view step) const {
  return paths_.target("/batches/" + percent_encoded(id) + std::string(step));
}

awaitable<remote_result<remote_file>> api_client::upload_file(upload_order order) {
  const std::uint64_t size = size_of(order.path);
  if (size > largest_request) {
    part_upload parts(caller_, paths_, std::move(order), size);
    co_return co_await parts.run();
  }
  http_request request = form_request(paths_.target("/files"), order, size, caller_.boundary());
  co_return co_await ask(std::move(request), repeatable::unless_made, read_file_object);
}

awaitable<remote_result<remote_file>> api_client::file(std::string id) {
  http_request request = get_request(file_target(id));
  co_return co_await ask(std::move(request), repeatable::freely, read_file_object);
}

awaitable<remote_result<remote_page<remote_file>>> api_client::list_files(std::string purpose,
                                                                          std::string after,
                                                                          unsigned limit) {
  std::string query = page_query(limit, after) + "&order=desc";
  if (!purpose.empty()) query += "&purpose=" + percent_encoded(purpose);
  http_request request = get_request(paths_.target("/files", query));
  co_return co_await ask(std::move(request), repeatable::freely, read_file_page);
}

awaitable<remote_result<std::optional<remote_file>>> api_client::find_file(std::string purpose,
                                                                           std::string filename,
                                                                           std::uint64_t bytes) {
  std::string after;
  for (;;) {
    auto page = co_await list_files(purpose, after, files_a_page);
    if (!page) co_return std::move(page).error();
    for (remote_file& file : page->items) {
      if (file.filename == filename && file.bytes == bytes)
        co_return std::optional(std::move(file));
    }
    if (!page->has_more || page->last_id == after) co_return std::optional<remote_file>();
    after = page->last_id;
  }
}

awaitable<remote_result<void>> api_client::delete_file(std::string id) {
  http_request request("DELETE", file_target(id), "");
  const auto answer = co_await caller_.call(std::move(request), repeatable::freely);
  if (!answer && answer.error().kind != failure_kind::gone) co_return answer.error();
  co_return remote_result<void>();
}

awaitable<remote_result<std::uint64_t>> api_client::download(std::string id, std::string path,
                                                             std::optional<std::uint64_t> bytes) {
  if (!bytes) {
    const auto object = co_await file(id);
    if (!object) co_return object.error();
    if (object->bytes > 0) bytes = object->bytes;
  }
  file_download content(path, bytes);
  transfer_terms terms;
  terms.sink = &content;
  remote_caller::course course = caller_.begin();
  while (!content.complete()) {
    const http_request request = content.request(file_target(id, "/content"));
    const attempt_result result = co_await caller_.wire().transfer(request, terms);
    const auto doubt = content.digest(result);
    if (content.complete()) break;
    if (content.progressed()) course = caller_.begin();
    verdict v;
    if (doubt) {
      v.failure = doubted(*doubt);
      v.may_pass = true;
    } else {
      v = caller_.judge(result, repeatable::freely);
    }
    const bool again = co_await caller_.goes_on(course, v);
    if (!again) co_return v.failure;
  }
  co_return content.size();
}

awaitable<remote_result<remote_batch>> api_client::create_batch(batch_order order) {
  http_request request("POST", paths_.target("/batches"), body_of(order));
  co_return co_await ask(std::move(request), repeatable::unless_made, read_batch_object);
}

awaitable<remote_result<remote_batch>> api_client::batch(std::string id) {
  http_request request = get_request(batch_target(id));
  co_return co_await ask(std::move(request), repeatable::freely, read_batch_object);
}

awaitable<remote_result<remote_page<remote_batch>>> api_client::list_batches(std::string after,
                                                                             unsigned limit) {
  http_request request = get_request(paths_.target("/batches", page_query(limit, after)));
  co_return co_await ask(std::move(request), repeatable::freely, read_batch_page);
}

awaitable<remote_result<std::vector<remote_batch>>> api_client::find_batches(std::string key,
                                                                             std::string value,
                                                                             unix_seconds since) {
  std::vector<remote_batch> found;
  std::string after;
  for (bool more = true; more;) {
    auto page = co_await list_batches(after, batches_a_page);
    if (!page) co_return std::move(page).error();
    more = page->has_more && page->last_id != after;
    after = page->last_id;
    for (remote_batch& batch : page->items) {
      if (batch.created_at != 0 && batch.created_at < since - clock_slack) more = false;
      if (batch.tag(key) == value) found.push_back(std::move(batch));
    }
  }
  co_return found;
}

awaitable<remote_result<remote_batch>> api_client::cancel_batch(std::string id) {
  auto before = co_await batch(id);
  if (!before || is_ending(before->status)) co_return before;
  http_request request("POST", batch_target(id, "/cancel"), "");
  auto cancelled = co_await ask(std::move(request), repeatable::freely, read_batch_object);
  if (cancelled) co_return cancelled;
  // It may have come to its end meanwhile, which the server refuses to cancel.
  auto after = co_await batch(std::move(id));
  if (after && is_ending(after->status)) co_return after;
  co_return cancelled;
}

}  // namespace batchmill
