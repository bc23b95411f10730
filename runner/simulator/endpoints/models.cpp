#include "runner/simulator/endpoints/models.hpp"

#include <fmt/format.h>

#include <utility>

#include "runner/simulator/address.hpp"
#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/models.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr moment long_ago = 1'715'367'049;  // one time for all; nobody computes with it

void write_model(json_writer& json, std::string_view name, moment created, std::string_view owner) {
  json.open_object();
  json.key("id").text(name);
  json.key("object").text("model");
  json.key("created").integer(static_cast<std::int64_t>(created));
  json.key("owned_by").text(owner);
  json.key("shutdown_date").null();
  json.close_object();
}

void write_own(json_writer& json, std::string_view name) {
  write_model(json, name, long_ago, "system");
}

void write_tuned(json_writer& json, std::string_view name, moment created) {
  write_model(json, name, created, "org-simulated");
}

api_error unknown(std::string_view name) {
  return {404, fmt::format("The model '{}' does not exist", name), "model", "model_not_found"};
}

reply all_models(const tuned_models& tuned) {
  reply r;
  json_writer json(r.body, json_layout::pretty);
  json.open_object().key("object").text("list").key("data").open_array();
  for (const auto name : listed_models()) write_own(json, name);
  for (const auto& [name, model] : tuned.all()) write_tuned(json, name, model.created);
  json.close_array().close_object();
  return r;
}

}  // namespace

admission_result list_models(const call&, const tuned_models& tuned) {
  admission a;
  a.answer = [&tuned] { return all_models(tuned); };
  return a;
}

admission_result show_model(const call& c, const tuned_models& tuned) {
  auto name = percent_decoded(c.id);
  if (!find_model(name) || tuned.is_deleted(name)) return unknown(name);
  admission a;
  a.answer = [name = std::move(name), &tuned] {
    reply r;
    json_writer json(r.body, json_layout::pretty);
    const auto created = tuned.created(name);
    created > 0 ? write_tuned(json, name, created) : write_own(json, name);
    return r;
  };
  return a;
}

admission_result delete_model(const call& c, tuned_models& tuned) {
  auto name = percent_decoded(c.id);
  if (tuned.created(name) == 0) {
    if (!find_model(name) || name.starts_with("ft:")) return unknown(name);
    return api_error(403, fmt::format("You are not allowed to delete the model '{}'.", name), "",
                     "insufficient_permissions");
  }
  admission a;
  a.answer = [name = std::move(name), &tuned] {
    tuned.remove(name);
    reply r;
    json_writer json(r.body, json_layout::pretty);
    json.open_object().key("id").text(name).key("object").text("model");
    json.key("deleted").boolean(true).close_object();
    return r;
  };
  return a;
}

}  // namespace batchmill::simulator_detail
