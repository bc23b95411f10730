#include "runner/simulator/files/expiry.hpp"

#include <boost/json/object.hpp>

#include "runner/simulator/checks.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::string_view anchors[] = {"created_at"};
const parameter anchor_rule{"anchor", value_kind::string, -unbounded, unbounded, anchors};
const parameter seconds_rule{"seconds", value_kind::integer, 3'600, thirty_days};

}  // namespace

refusal read_expiry(const boost::json::value* value, const std::string& path, double& lifetime) {
  if (!value) return {};
  if (!value->is_object()) return invalid_type(path, "an object", type_of(*value));
  for (const auto& rule : {anchor_rule, seconds_rule}) {
    const auto at = path + "." + std::string(rule.name);
    const auto* member = find(value->get_object(), rule.name);
    if (!member) return missing_parameter(at);
    if (auto error = check_value(*member, rule, at)) return error;
  }
  lifetime = find(value->get_object(), "seconds")->to_number<double>();
  return {};
}

}  // namespace batchmill::simulator_detail
