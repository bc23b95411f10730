// The part of the service that batches use: the endpoints without keys, limits and a wire.
#include <boost/json/parse.hpp>
#include <utility>

#include "runner/simulator/service.hpp"
#include "runner/simulator/visit.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

// `path` must outlive it.
sim_request line_request(const std::string& path, std::string_view body) {
  sim_request request;
  request.method = "POST";
  request.target = path;
  request.body = body;
  request.headers.push_back({"content-type", "application/json"});
  return request;
}

}  // namespace

bool service::work(time_point now) {
  now_ = now;
  storage_.clock.set(now);
  const bool more = storage_.batches.work();
  return storage_.tuning.work() || more;
}

line_answer service::execute(std::string_view endpoint, std::string_view body, bool fails) {
  const auto path = endpoint_path(endpoint);
  const auto request = line_request(path, body);
  visit v(request, now_);
  v.batched = true;
  v.fails = fails;
  v.match = routes_.match(request.method, request.target);
  identify(v);
  auto answer = pass_body(v);
  books_.add_line(v.entry);
  line_answer result;
  result.status = answer.status;
  result.request_id = std::move(v.request_id);
  result.body = std::move(answer.body);
  result.usage = v.usage;
  result.executed = v.entry.executed;
  result.executed_before = v.repeated;
  return result;
}

std::int64_t service::prompt_tokens(std::string_view endpoint, std::string_view body) {
  json::error_code ec;
  json::parse_options options;
  options.max_depth = deepest_json;
  const auto parsed = json::parse(json::string_view(body.data(), body.size()), ec, {}, options);
  if (ec || !parsed.is_object()) return 0;
  const auto path = endpoint_path(endpoint);
  const auto request = line_request(path, body);
  const auto match = routes_.match(request.method, request.target);
  const auto admitted = match.found->handler({request, parsed.get_object(), {}, match.id});
  if (admitted.has_error()) return 0;
  return admitted->input_tokens > 0 ? admitted->input_tokens : admitted->charged_tokens;
}

}  // namespace batchmill::simulator_detail
