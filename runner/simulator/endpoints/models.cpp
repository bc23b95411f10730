#include "runner/simulator/endpoints/models.hpp"

#include <fmt/format.h>

#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/models.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::int64_t long_ago = 1'715'367'049;  // one time for all; nobody computes with it

void write_model(json_writer& json, std::string_view name) {
  json.open_object();
  json.key("id").text(name);
  json.key("object").text("model");
  json.key("created").integer(long_ago);
  json.key("owned_by").text("system");
  json.key("shutdown_date").null();
  json.close_object();
}

reply all_models() {
  reply r;
  json_writer json(r.body, json_layout::pretty);
  json.open_object().key("object").text("list").key("data").open_array();
  for (const auto name : listed_models()) write_model(json, name);
  json.close_array().close_object();
  return r;
}

}  // namespace

admission_result list_models(const call&) {
  admission a;
  a.answer = all_models;
  return a;
}

admission_result show_model(const call& c) {
  if (!find_model(c.id))
    return api_error(404, fmt::format("The model '{}' does not exist", c.id), "model",
                     "model_not_found");
  admission a;
  a.answer = [id = c.id] {
    reply r;
    json_writer json(r.body, json_layout::pretty);
    write_model(json, id);
    return r;
  };
  return a;
}

}  // namespace batchmill::simulator_detail
