#include "runner/simulator/batches/batch_calls.hpp"

#include <fmt/format.h>

#include <utility>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/files/expiry.hpp"
#include "runner/simulator/files/file_calls.hpp"
#include "runner/simulator/query.hpp"
#include "runner/simulator/shared_checks.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_list = 100;
constexpr std::string_view windows[] = {"24h"};
constexpr std::string_view endpoints[] = {
    "/v1/responses",   "/v1/chat/completions",   "/v1/embeddings",  "/v1/completions",
    "/v1/moderations", "/v1/images/generations", "/v1/images/edits"};
const parameter parameters[] = {
    {"input_file_id", value_kind::string},
    {"endpoint", value_kind::string, -unbounded, unbounded, endpoints},
    {"completion_window", value_kind::string, -unbounded, unbounded, windows}};

reply show(const batch_facts& batch) {
  reply r;
  json_writer json(r.body, json_layout::pretty);
  write_batch(json, batch);
  return r;
}

refusal read_wish(const json::object& body, batch_facts& facts) {
  for (const auto& rule : parameters)
    if (!find(body, rule.name)) return missing_parameter(rule.name);
  if (auto error = check_parameters(body, parameters)) return error;
  if (auto error = check_metadata_values(body)) return error;
  facts.endpoint = string_or(body, "endpoint", "");
  facts.input_file_id = string_or(body, "input_file_id", "");
  facts.output_lifetime = thirty_days;
  if (const auto* metadata = find(body, "metadata"))
    for (const auto& [name, value] : metadata->get_object())
      facts.metadata.emplace_back(name, view(value.get_string()));
  return read_expiry(find(body, "output_expires_after"), "output_expires_after",
                     facts.output_lifetime);
}

refusal check_input(const stored_file* file, std::string_view id) {
  constexpr std::string_view param = "input_file_id";
  if (!file) return bad_parameter(param, fmt::format("No such File object: {}", id));
  if (file->purpose == "batch") return {};
  return bad_parameter(param, fmt::format("The file '{}' has the purpose '{}', but a batch needs "
                                          "one with the purpose 'batch'.",
                                          id, file->purpose));
}

}  // namespace

admission_result create_batch(const call& c, batch_store& batches, file_store& files) {
  batch_facts facts;
  if (auto error = read_wish(c.body, facts)) return *std::move(error);
  const auto* file = files.find(facts.input_file_id);
  if (auto error = check_input(file, facts.input_file_id)) return *std::move(error);
  if (auto error = batches.may_create(file->content)) return *std::move(error);
  return answer_with([facts = std::move(facts), content = file->content, &batches] {
    auto r = show(batches.create(facts, content));
    if (batches.loses_answer()) r.how = delivery::drop;
    return r;
  });
}

admission_result list_batches(const call& c, batch_store& batches) {
  page_request wanted;
  if (auto error = read_page(query(c.request.target), longest_list, false, wanted))
    return *std::move(error);
  return answer_with([wanted, &batches] {
    const auto page = take_page(batches.all(), wanted, [](const batch_job&) { return true; });
    reply r;
    r.body = list_json(
        page, [](json_writer& json, const batch_job& batch) { write_batch(json, batch.facts()); });
    return r;
  });
}

admission_result show_batch(const call& c, batch_store& batches) {
  const auto* batch = batches.find(c.id);
  if (!batch) return no_such_object("Batch", c.id);
  return answer_with([batch] { return show(batch->facts()); });
}

admission_result cancel_batch(const call& c, batch_store& batches) {
  auto* batch = batches.find(c.id);
  if (!batch) return no_such_object("Batch", c.id);
  const auto status = batch->facts().status;
  if (is_final(status))
    return api_error{409, fmt::format("Cannot cancel a batch with status '{}'.", name_of(status))};
  return answer_with([batch] {
    if (batch->facts().status != batch_status::cancelling) batch->cancel();
    return show(batch->facts());
  });
}

}  // namespace batchmill::simulator_detail
