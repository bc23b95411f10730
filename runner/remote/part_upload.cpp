#include "runner/remote/part_upload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <utility>

#include "batchmill/form_text.hpp"
#include "batchmill/json_text.hpp"
#include "batchmill/url_text.hpp"
#include "runner/engine/task_group.hpp"

namespace batchmill {
namespace {

constexpr std::uint64_t part_size = 64ULL << 20;  // the most that the API takes
constexpr std::size_t parts_at_a_time = 4;

}  // namespace

part_upload::part_upload(remote_caller& caller, const api_paths& paths, upload_order order,
                         std::uint64_t size)
    : caller_(caller),
      paths_(paths),
      order_(std::move(order)),
      size_(size),
      part_ids_((size + part_size - 1) / part_size) {}

// The upload itself and its parts may be made twice: what is not completed leaves nothing behind.
awaitable<remote_result<remote_file>> part_upload::run() {
  auto begun = co_await caller_.call(begin_request(), repeatable::freely);
  if (!begun) co_return std::move(begun).error();
  const auto object = read_upload_object(begun->body);
  if (!object) co_return misread(repeatable::freely, begun->status, object.error());
  id_ = object->id;
  std::exception_ptr trouble;
  try {
    co_await send_all();
  } catch (...) {
    trouble = std::current_exception();
  }
  if (trouble || failure_) co_await cancel();
  if (trouble) std::rethrow_exception(trouble);
  if (failure_) co_return std::move(*failure_);
  co_return co_await complete();
}

awaitable<void> part_upload::send_all() {
  const executor ex = co_await boost::asio::this_coro::executor;
  task_group senders(ex, [this] { next_ = part_ids_.size(); });
  const std::size_t count = std::min(parts_at_a_time, part_ids_.size());
  for (std::size_t i = 0; i < count; ++i) senders.spawn(send_parts());
  co_await senders.join();
}

awaitable<void> part_upload::send_parts() {
  while (next_ < part_ids_.size() && !failure_) co_await send_part(next_++);
}

awaitable<void> part_upload::send_part(std::size_t which) {
  auto answer = co_await caller_.call(part_request(which), repeatable::freely);
  if (answer) {
    const auto part = read_upload_object(answer->body);
    if (part) part_ids_[which] = part->id;
    if (!part) failure_ = misread(repeatable::freely, answer->status, "the answer is not a part");
  } else if (!failure_) {
    failure_ = std::move(answer).error();
  }
}

awaitable<remote_result<remote_file>> part_upload::complete() {
  auto answer = co_await caller_.call(complete_request(), repeatable::unless_made);
  if (!answer) {
    if (answer.error().kind != failure_kind::unknown_outcome) co_await cancel();
    co_return std::move(answer).error();
  }
  auto object = read_upload_object(answer->body);
  if (object && object->file) co_return std::move(*object->file);
  co_return misread(repeatable::unless_made, answer->status,
                    "the answer to the completed upload names no file");
}

/// As well as it goes: an upload that is left alone expires within the hour.
awaitable<void> part_upload::cancel() {
  http_request request("POST", target("/cancel"), "");
  co_await caller_.call(std::move(request), repeatable::freely);
}

std::string part_upload::target(std::string_view step) const {
  return paths_.target("/uploads/" + percent_encoded(id_) + std::string(step));
}

http_request part_upload::begin_request() const {
  std::string body =
      fmt::format(R"({{"filename":{},"purpose":{},"bytes":{},"mime_type":"{}")",
                  json::quote(order_.filename), json::quote(order_.purpose), size_,
                  order_.filename.ends_with(".jsonl") ? "text/jsonl" : "application/octet-stream");
  if (order_.expires_after > 0) {
    body += fmt::format(R"(,"expires_after":{{"anchor":"created_at","seconds":{}}})",
                        order_.expires_after);
  }
  return http_request("POST", paths_.target("/uploads"), body + '}');
}

http_request part_upload::part_request(std::size_t which) {
  const std::uint64_t from = which * part_size;
  form_text form(caller_.boundary());
  form.add_file("data", order_.filename, "application/octet-stream",
                upload::piece(0, order_.path, from, std::min(part_size, size_ - from), size_));
  http_request request("POST", target("/parts"), "");
  std::move(form).finish(request);
  return request;
}

http_request part_upload::complete_request() const {
  std::string body;
  for (const std::string& id : part_ids_) {
    body += (body.empty() ? "" : ",") + json::quote(id);
  }
  return http_request("POST", target("/complete"), R"({"part_ids":[)" + body + "]}");
}

}  // namespace batchmill
