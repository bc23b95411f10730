// What a person should know about a model before the first request to it.
#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "batchmill/json_text.hpp"
#include "batchmill/models.hpp"
#include "jobs/endpoint.hpp"

namespace batchmill {

namespace {

// A job that is planned today and repeated next week should not be surprised.
constexpr int horizon_days = 30;

std::chrono::sys_days day_of(std::string_view date) {
  const auto number = [&](std::size_t from, std::size_t count) {
    return std::atoi(std::string(date.substr(from, count)).c_str());
  };
  return std::chrono::year(number(0, 4)) / number(5, 2) / number(8, 2);
}

std::string instead(const model_info& model) {
  if (model.replacement.empty()) return "";
  return "; its provider recommends " + model.replacement;
}

void warn_of_end(const model_info& model, std::string_view today,
                 std::vector<std::string>& warnings) {
  if (model.shutdown.empty()) return;
  if (model.shutdown <= today) {
    warnings.push_back("the model " + model.name + " was shut down on " + model.shutdown +
                       instead(model));
    return;
  }
  const auto days = (day_of(model.shutdown) - day_of(today)).count();
  if (days > horizon_days) return;
  warnings.push_back("the model " + model.name + " ends on " + model.shutdown + ", in " +
                     std::to_string(days) + (days == 1 ? " day" : " days") + instead(model));
}

void warn_of_endpoint(const model_info& model, std::string_view endpoint,
                      std::vector<std::string>& warnings) {
  if (model.endpoints.empty()) return;
  const auto same = [&](std::string_view known) {
    return jobs::short_endpoint(known) == jobs::short_endpoint(endpoint);
  };
  if (std::ranges::any_of(model.endpoints, same)) return;
  std::string known;
  for (const std::string& one : model.endpoints) known += (known.empty() ? "" : " and ") + one;
  warnings.push_back("the model " + model.name + " is not for " + std::string(endpoint) +
                     "; it answers at " + known);
}

/// Values that mean the same as leaving the parameter out.
bool is_default(std::string_view key, std::string_view value) {
  if (value == "null" || value == "false") return true;
  if (key == "temperature" || key == "top_p") return value == "1" || value == "1.0";
  return value == "0" || value == "0.0";
}

void warn_of_parameters(const model_info& model, std::string_view body,
                        std::vector<std::string>& warnings) {
  for (const std::string& name : model.refuses) {
    const auto value = json::member(body, name);
    if (!value || is_default(name, *value)) continue;
    const bool bound = name == "max_tokens";
    warnings.push_back("the model " + model.name + " refuses `" + name +
                       (bound ? "`; use `max_completion_tokens`" : "`; remove it"));
  }
}

}  // namespace

std::vector<std::string> model_warnings(const model_catalogue& models, std::string_view model,
                                        std::string_view endpoint, std::string_view body,
                                        std::string_view today) {
  std::vector<std::string> warnings;
  const auto known = models.find(model);
  if (!known) return warnings;
  warn_of_end(*known, today, warnings);
  warn_of_endpoint(*known, endpoint, warnings);
  warn_of_parameters(*known, body, warnings);
  return warnings;
}

}  // namespace batchmill
