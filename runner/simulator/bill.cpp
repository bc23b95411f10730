#include "runner/simulator/bill.hpp"

#include <algorithm>

#include "runner/flow/dollars.hpp"
#include "runner/simulator/json_writer.hpp"

namespace batchmill::simulator_detail {

void bill::add(std::string_view model, const token_usage& used, billing how) {
  auto found = models_.find(model);
  if (found == models_.end()) found = models_.emplace(std::string(model), position()).first;
  position& p = found->second;
  ++p.requests;
  p.used += used;
  const auto known = model_catalogue::known().find(model);
  const auto cost = known ? cost_of(*known, used, how) : std::nullopt;
  p.priced = p.priced && cost;
  p.charged += cost.value_or(money());
}

std::string bill::json() const {
  std::string text;
  json_writer json(text, json_layout::compact);
  const auto dollars = [&](bool known, money amount) {
    known ? json.raw(exact_dollars(amount)) : json.null();
  };
  money sum;
  for (const auto& [name, p] : models_) sum += p.charged;
  json.open_object().key("usd");
  dollars(std::ranges::all_of(models_, [](const auto& m) { return m.second.priced; }), sum);
  json.key("models").open_array();
  for (const auto& [name, p] : models_) {
    json.open_object();
    json.key("model").text(name);
    json.key("requests").integer(static_cast<std::int64_t>(p.requests));
    json.key("prompt_tokens").integer(p.used.prompt);
    json.key("cached_tokens").integer(p.used.cached);
    json.key("completion_tokens").integer(p.used.completion);
    json.key("usd");
    dollars(p.priced, p.charged);
    json.close_object();
  }
  json.close_array().close_object();
  return text;
}

}  // namespace batchmill::simulator_detail
