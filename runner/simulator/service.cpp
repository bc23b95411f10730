#include "runner/simulator/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <chrono>
#include <optional>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/dice.hpp"
#include "runner/simulator/fault_answers.hpp"
#include "runner/simulator/files/form_spool.hpp"
#include "runner/simulator/form_fields.hpp"
#include "runner/simulator/front_door.hpp"
#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/latency.hpp"
#include "runner/simulator/limits/token_cost.hpp"
#include "runner/simulator/models.hpp"
#include "runner/simulator/visit.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::size_t parse_memory = 64 * 1024;

sim_answer json_answer(std::string body) {
  sim_answer answer;
  answer.headers = "content-type: application/json\r\n";
  answer.body = std::move(body);
  return answer;
}

refusal refuse_stream(const json::object& body) {
  const auto* stream = find(body, "stream");
  if (!stream || !stream->is_bool() || !stream->get_bool()) return {};
  return bad_parameter("stream", "Streaming is not supported in the Batch API.",
                       "unsupported_parameter");
}

}  // namespace

service::service(const simulation_options& options, moment start)
    : options_(options),
      storage_(options, start, *this),
      faults_(options.faults, options.seed),
      storage_faults_(options.batches.faults, options.seed),
      limits_(options),
      gate_(options.limits.max_concurrency),
      parse_memory_(parse_memory) {}

// key and route -> JSON or form -> fault that strikes first -> endpoint's checks -> limits ->
// answer -> fault that spoils it. Every way ends in `finish`.
sim_answer service::handle(const sim_request& request, time_point now) {
  visit v(request, now);
  now_ = now;
  storage_.clock.set(now);
  identify(v);
  auto answer = pass(v);
  finish(v, answer);
  answer.leaving = std::move(v.leaving);
  return answer;
}

void service::identify(visit& v) {
  v.hash = hash_text(v.request.body, hash_text(v.request.target, options_.seed));
  const auto id = hash_pair(v.hash, ++requests_);
  v.request_id = fmt::format("req_{:016x}{:016x}", id, hash_pair(id, 1));
  v.told_limits = dice(hash_pair(id, 2)).uniform() < options_.limits.header_share;
}

sim_answer service::pass(visit& v) {
  const auto& path = v.where.path;
  if (options_.count_executions && path == "/simulator/executions")
    return json_answer(executions_.json());
  if (path == "/simulator/batches") return json_answer(storage_.books());
  if (path == "/simulator/fine_tuning") return json_answer(storage_.tuning.books());
  if (path == "/simulator/bill") return json_answer(bill_.json());
  if (path == "/simulator/limits") return show_limits(v.now);
  v.match = routes_.match(v.request.method, path);
  if (const auto error = check_route(v.match, v.request.method, v.where)) return refuse(v, *error);
  const auto kind = v.match.found->kind;
  if (kind != route_kind::file)
    if (const auto error = check_key(v.request, v.where, options_.key)) return refuse(v, *error);
  if (asks_model(kind)) return pass_gate(v);
  if (takes_json(kind) || takes_form(kind)) return pass_body(v);
  if (const auto error = choose_fault(v)) return refuse(v, *error);
  if (!is_executed(v.hit)) return strike(v);
  return admit(v, {}, {});
}

sim_answer service::pass_body(visit& v) {
  const auto type = v.request.header("content-type");
  const auto kind = v.match.found->kind;
  if (takes_json(kind) && is_json(type)) return pass_json(v);
  if (takes_form(kind) && is_form(type)) return pass_form(v, type);
  return refuse(v, wrong_content_type(type, kind));
}

sim_answer service::pass_gate(visit& v) {
  const auto& limits = options_.limits;
  v.leaving.counted = gate_.enter();
  if (v.leaving.counted) return pass_body(v);
  ++too_many_at_once_;
  return refuse(v, too_many_at_once(limits.max_concurrency, limits.concurrency_status));
}

void service::leave(const departure& leaving, time_point now) {
  if (leaving.counted) gate_.leave();
  if (leaving.tokens != 0) limits_.correct(leaving.model, leaving.tokens, now);
}

sim_answer service::pass_json(visit& v) {
  json::monotonic_resource memory(parse_memory_.data(), parse_memory_.size());
  json::parse_options options;
  options.max_depth = deepest_json;
  json::error_code ec;
  auto body = json::parse(json::string_view(v.request.body.data(), v.request.body.size()), ec,
                          &memory, options);
  if (ec || !body.is_object()) return refuse(v, bad_json());
  return pass_parsed(v, body.get_object(), {});
}

// Clients invent a boundary for each request, which must not make it another one.
sim_answer service::pass_form(visit& v, std::string_view content_type) {
  form_data form;
  const auto* spool = v.request.spool;
  const auto error =
      spool ? spool->parse(form) : parse_form(v.request.body, boundary_of(content_type), form);
  if (error) return refuse(v, *error);
  v.hash = form.hash(hash_text(v.request.target, options_.seed));
  auto fields = fields_of(form);
  return pass_parsed(v, fields, form);
}

sim_answer service::pass_parsed(visit& v, json::object& body, const form_data& form) {
  if (!v.where.deployment.empty()) {
    if (!find_model(v.where.deployment)) return refuse(v, azure_unknown_deployment());
    body["model"] = v.where.deployment;
  }
  if (v.batched)
    if (const auto error = refuse_stream(body)) return refuse(v, *error);
  if (asks_model(v.match.found->kind)) {
    const auto model = string_or(body, "model", "");
    if (storage_.tuning.models.is_deleted(model)) return refuse(v, model_not_found(model));
    v.latency = latency_of(v, body);
  }
  if (const auto error = choose_fault(v)) return refuse(v, *error);
  if (is_executed(v.hit)) return admit(v, body, form);
  v.model = string_or(body, "model", "");
  auto answer = strike(v);
  v.model.clear();  // nothing was charged
  return answer;
}

duration service::latency_of(const visit& v, const json::object& body) const {
  if (const auto own = latency_in(body)) return *own;
  return sample_latency(options_.latency, hash_pair(v.hash, faults_.hits(v.hash)));
}

sim_answer service::admit(visit& v, const json::object& body, const form_data& form) {
  auto admitted = v.match.found->handler({v.request, body, form, v.match.id, v.hash, options_.seed,
                                          v.hit == fault::failed, options_.exact_usage,
                                          v.hit == fault::off_schema});
  if (admitted.has_error()) return refuse(v, admitted.error());
  v.model = admitted->model;
  if (v.batched) return answer(v, *admitted);
  const auto cost = options_.limits.token_cost;
  const auto charged = charge_at_first(cost, *admitted);
  if (auto error = limits_.admit(v.model, charged, v.now)) {
    v.entry.rate_limited = true;
    if (!v.told_limits) error->headers.clear();
    return refuse(v, *error);
  }
  auto ready = answer(v, *admitted);
  v.leaving.model = v.model;
  v.leaving.tokens = v.entry.executed ? charge_at_last(cost, charged, v.usage) : 0;
  return ready;
}

sim_answer service::answer(visit& v, const admission& admitted) {
  auto made = admitted.answer();
  v.entry.executed = asks_model(v.match.found->kind);
  if (options_.count_executions && v.entry.executed) v.repeated = executions_.add(v.hash);
  if (v.entry.executed)
    bill_.add(v.model, made.usage, v.batched ? billing::batch : billing::online);
  v.usage = made.usage;
  v.entry.prompt_tokens = made.usage.prompt;
  v.entry.completion_tokens = made.usage.completion;
  sim_answer answer;
  answer.status = made.status;
  answer.headers = fmt::format("content-type: {}\r\n{}", made.content_type, made.headers);
  answer.body = std::move(made.body);
  answer.stored = std::move(made.stored);
  answer.chunked = made.streamed;
  answer.delay = v.latency;
  answer.how = made.how;
  spoil(v, answer);
  return answer;
}

sim_answer service::show_limits(time_point now) {
  std::string body;
  json_writer json(body, json_layout::compact);
  json.open_object();
  limits_.write_books(json, now);
  json.key("refused_concurrency").integer(static_cast<std::int64_t>(too_many_at_once_));
  json.key("most_at_once").integer(gate_.most());
  json.close_object();
  return json_answer(std::move(body));
}

sim_answer service::strike(visit& v) const {
  auto answer = answer_fault(v.hit, {v.model, key_of(v.request, v.where), v.request_id,
                                     options_.requests_per_minute, v.hash});
  // Refusals come at once, failures after as long as an answer would have taken.
  if (answer.status >= 500 || v.hit == fault::status_408 || v.hit == fault::reset)
    answer.delay = v.latency;
  return answer;
}

void service::spoil(const visit& v, sim_answer& answer) const {
  constexpr auto at_least = std::chrono::seconds(5);
  if (v.hit == fault::slow) answer.delay = 10 * answer.delay + at_least;
  if (v.hit == fault::drop) answer.how = delivery::drop;
  if (v.hit == fault::truncate) answer.how = delivery::truncated;
  if (v.hit == fault::malformed) answer.body.resize(answer.body.size() / 2);
}

sim_answer service::refuse(visit& v, const api_error& error) const {
  // Answers of the API's front door name their charset; those of the models behind it do not.
  const bool front = error.status == 401 || error.status == 404 || error.status == 405;
  sim_answer answer;
  answer.status = error.status;
  answer.headers = fmt::format("content-type: application/json{}\r\n{}",
                               front ? "; charset=utf-8" : "", error.headers);
  answer.body = to_json(error);
  v.latency = {};
  return answer;
}

void service::finish(visit& v, sim_answer& answer) {
  v.entry.status = answer.status;
  v.entry.delivered = answer.how == delivery::whole;
  books_.add(v.entry);
  if (v.hit == fault::html) return;  // a proxy's page knows nothing of the API
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(answer.delay).count();
  fmt::format_to(std::back_inserter(answer.headers),
                 "openai-organization: org-simulated\r\nopenai-processing-ms: {}\r\n"
                 "openai-version: 2020-10-01\r\nx-request-id: {}\r\n",
                 std::max<std::int64_t>(1, ms), v.request_id);
  if (!v.model.empty() && v.told_limits) answer.headers += limits_.headers(v.model, v.now);
}

refusal service::choose_fault(visit& v) {
  constexpr std::string_view name = "x-simulate-fault";
  const auto kind = v.match.found->kind;
  if (v.batched) {
    v.hit = v.fails ? fault::status_500 : in_batch(faults_.draw(v.hash));
    return {};
  }
  const auto wanted = v.request.header(name);
  if (wanted.empty()) {
    if (asks_model(kind)) v.hit = faults_.draw(v.hash);
    // Equal requests, such as polls, are hit each by itself.
    if (is_storage(kind)) v.hit = storage_faults_.draw(hash_pair(v.hash, requests_));
    return {};
  }
  const auto forced = faults_.forced(wanted);
  if (!forced)
    return bad_parameter(name, fmt::format("The simulator knows no fault '{}'.", wanted));
  v.hit = *forced;
  return {};
}

}  // namespace batchmill::simulator_detail
