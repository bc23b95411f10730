#include "runner/remote/tuning_client.hpp"

#include <fmt/format.h>

#include <utility>

#include "batchmill/json_text.hpp"
#include "batchmill/url_text.hpp"
#include "runner/remote/page_query.hpp"

namespace batchmill {
namespace {

constexpr const char* jobs_path = "/fine_tuning/jobs";
constexpr unsigned jobs_a_page = 100;

std::string metadata_of(const tuning_order& order) {
  std::string pairs;
  for (const auto& [key, value] : order.metadata) {
    pairs += (pairs.empty() ? "" : ",") + json::quote(key) + ':' + json::quote(value);
  }
  return '{' + pairs + '}';
}

std::string body_of(const tuning_order& order) {
  std::string body = fmt::format(R"({{"model":{},"training_file":{})", json::quote(order.model),
                                 json::quote(order.training_file));
  const auto add = [&](const char* key, const std::string& value) {
    body += fmt::format(R"(,"{}":{})", key, value);
  };
  if (!order.validation_file.empty()) add("validation_file", json::quote(order.validation_file));
  if (!order.suffix.empty()) add("suffix", json::quote(order.suffix));
  if (order.seed) add("seed", std::to_string(*order.seed));
  if (!order.method.empty()) add("method", order.method);
  if (!order.integrations.empty()) add("integrations", order.integrations);
  if (!order.metadata.empty()) add("metadata", metadata_of(order));
  return body + '}';
}

bool is_at_rest(tuning_status status) {
  return is_final(status) || status == tuning_status::paused;
}

bool goes_on(tuning_status status) {
  return status != tuning_status::paused;
}

}  // namespace

tuning_client::tuning_client(transport& wire, clock& time, api_paths paths, const retry_spec& retry,
                             std::uint64_t seed, remote_caller::retry_watch watch)
    : caller_(wire, time, retry, seed, std::move(watch)), paths_(std::move(paths)) {}

template <class Object>
awaitable<remote_result<Object>> tuning_client::ask(http_request request, repeatable how,
                                                    read_result<Object> (*read)(std::string_view)) {
  const auto answer = co_await caller_.call(std::move(request), how);
  if (!answer) co_return answer.error();
  auto object = read(answer->body);
  if (!object) co_return misread(how, answer->status, object.error());
  co_return std::move(*object);
}

std::string tuning_client::target(const std::string& id, std::string_view step,
                                  std::string_view query) const {
  return paths_.target(jobs_path + ('/' + percent_encoded(id)) + std::string(step), query);
}

awaitable<remote_result<remote_tuning_job>> tuning_client::create_job(tuning_order order) {
  http_request request("POST", paths_.target(jobs_path), body_of(order));
  co_return co_await ask(std::move(request), repeatable::unless_made, read_tuning_job);
}

awaitable<remote_result<remote_tuning_job>> tuning_client::job(std::string id) {
  http_request request = get_request(target(id));
  co_return co_await ask(std::move(request), repeatable::freely, read_tuning_job);
}

awaitable<remote_result<remote_page<remote_tuning_job>>> tuning_client::list_jobs(std::string after,
                                                                                  unsigned limit) {
  http_request request = get_request(paths_.target(jobs_path, page_query(limit, after)));
  co_return co_await ask(std::move(request), repeatable::freely, read_tuning_job_page);
}

// Not every server filters by metadata, so all are looked at.
awaitable<remote_result<std::vector<remote_tuning_job>>> tuning_client::find_jobs(
    std::string key, std::string value, unix_seconds since) {
  std::vector<remote_tuning_job> found;
  std::string after;
  for (bool more = true; more;) {
    auto page = co_await list_jobs(after, jobs_a_page);
    if (!page) co_return std::move(page).error();
    more = page->has_more && page->last_id != after;
    after = page->last_id;
    for (remote_tuning_job& job : page->items) {
      if (job.created_at != 0 && job.created_at < since - clock_slack) more = false;
      if (job.tag(key) == value) found.push_back(std::move(job));
    }
  }
  co_return found;
}

awaitable<remote_result<remote_tuning_job>> tuning_client::change(std::string id, std::string step,
                                                                  bool (*is_there)(tuning_status)) {
  auto before = co_await job(id);
  if (!before || is_there(before->status)) co_return before;
  http_request request("POST", target(id, step), "");
  auto changed = co_await ask(std::move(request), repeatable::freely, read_tuning_job);
  if (changed) co_return changed;
  // An attempt whose answer was lost may have done it, and a second is refused then.
  auto after = co_await job(std::move(id));
  if (after && is_there(after->status)) co_return after;
  co_return changed;
}

awaitable<remote_result<remote_tuning_job>> tuning_client::cancel_job(std::string id) {
  std::string step = "/cancel";
  co_return co_await change(std::move(id), std::move(step), is_final);
}

awaitable<remote_result<remote_tuning_job>> tuning_client::pause_job(std::string id) {
  std::string step = "/pause";
  co_return co_await change(std::move(id), std::move(step), is_at_rest);
}

awaitable<remote_result<remote_tuning_job>> tuning_client::resume_job(std::string id) {
  std::string step = "/resume";
  co_return co_await change(std::move(id), std::move(step), goes_on);
}

awaitable<remote_result<remote_page<remote_tuning_event>>> tuning_client::list_events(
    std::string id, std::string after, unsigned limit) {
  http_request request = get_request(target(id, "/events", page_query(limit, after)));
  co_return co_await ask(std::move(request), repeatable::freely, read_tuning_event_page);
}

awaitable<remote_result<remote_page<remote_checkpoint>>> tuning_client::list_checkpoints(
    std::string id, std::string after, unsigned limit) {
  http_request request = get_request(target(id, "/checkpoints", page_query(limit, after)));
  co_return co_await ask(std::move(request), repeatable::freely, read_checkpoint_page);
}

}  // namespace batchmill
