#include "runner/simulator/endpoints/responses.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runner/simulator/event_stream.hpp"
#include "runner/simulator/response_answer.hpp"
#include "runner/simulator/response_request.hpp"
#include "runner/simulator/response_stream.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

api_error not_found(std::string_view id) {
  return {404, fmt::format("Response with id '{}' not found.", id)};
}

refusal check_previous(const response_request& request, const response_store& store) {
  if (request.previous.empty() || store.find(request.previous)) return {};
  return bad_parameter("previous_response_id",
                       fmt::format("Previous response with id '{}' not found.", request.previous),
                       "previous_response_not_found");
}

reply answer(const response_request& request, std::uint64_t hash, response_store& store) {
  const response_result result(request, hash);
  reply r;
  r.usage = result.usage;
  r.body.reserve(2'048);
  json_writer json(r.body, json_layout::pretty);
  write_response(json, result);
  if (request.store) store.put(result.id, r.body);
  if (!request.streams) return r;
  r.body = stream_response(result);
  make_stream(r);
  return r;
}

}  // namespace

admission_result create_response(const call& c, response_store& store) {
  response_request request;
  if (c.exact_usage) request.asked.text = c.request.body;
  if (auto error = check_response(c.body, request)) return *std::move(error);
  if (auto error = check_previous(request, store)) return *std::move(error);
  request.fails = c.fails;
  request.asked.off_schema = c.off_schema;
  admission a;
  a.model = request.asked.model;
  a.input_tokens = estimate_tokens(request.asked.characters);
  a.output_tokens = request.asked.max_tokens;
  a.charged_tokens = std::max(a.output_tokens, a.input_tokens);
  a.answer = [request = std::move(request), hash = c.hash, &store] {
    return answer(request, hash, store);
  };
  return a;
}

admission_result show_response(const call& c, const response_store& store) {
  const auto* body = store.find(c.id);
  if (!body) return not_found(c.id);
  admission a;
  a.answer = [body] {
    reply r;
    r.body = *body;
    return r;
  };
  return a;
}

admission_result delete_response(const call& c, response_store& store) {
  if (!store.find(c.id)) return not_found(c.id);
  admission a;
  a.answer = [&store, id = c.id] {
    store.remove(id);
    reply r;
    json_writer json(r.body, json_layout::pretty);
    json.open_object().key("id").text(id).key("object").text("response");
    json.key("deleted").boolean(true).close_object();
    return r;
  };
  return a;
}

}  // namespace batchmill::simulator_detail
