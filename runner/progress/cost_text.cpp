#include "runner/progress/cost_text.hpp"

#include <fmt/format.h>

#include "runner/flow/dollars.hpp"
#include "runner/progress/humanize.hpp"
#include "runner/progress/summary_fields.hpp"
#include "runner/progress/text.hpp"

namespace batchmill {
namespace {

struct attempt_counts {
  std::uint64_t lost = 0;
  std::uint64_t unbilled = 0;
};

attempt_counts counts_of(const run_summary& s) {
  attempt_counts all;
  for (const model_cost& m : s.models) {
    all.lost += m.lost;
    all.unbilled += m.unbilled;
  }
  return all;
}

std::string known_part(bool known, money spent) {
  if (known) return show_dollars(spent);
  return spent > money() ? show_dollars(spent) + " and more, not all prices are known" : "unknown";
}

}  // namespace

std::string cost_so_far(const run_cost& cost) {
  if (!cost.begun) return "";
  if (!cost.known) return cost.spent > money() ? "over " + show_dollars(cost.spent) : "unknown";
  const std::string spent = show_dollars(cost.spent + cost.at_risk);
  return cost.budget ? spent + " of " + show_dollars(*cost.budget) : spent;
}

std::vector<std::string> cost_facts(const run_summary& s) {
  if (!s.cost.begun) return {};
  const attempt_counts attempts = counts_of(s);
  std::vector<std::string> facts{known_part(s.cost.known, s.cost.spent)};
  if (s.cost.budget) facts.front() += " of " + show_dollars(*s.cost.budget);
  if (s.cost.at_risk > money()) {
    facts.push_back(
        fmt::format("up to {} more if lost answers are billed", show_dollars(s.cost.at_risk)));
  } else if (attempts.lost > 0) {
    facts.push_back(with_separators(attempts.lost) + " lost answers may be billed");
  }
  if (attempts.unbilled > 0) {
    facts.push_back(with_separators(attempts.unbilled) + " attempts not billed");
  }
  return facts;
}

std::vector<std::string> cost_facts(const model_cost& m) {
  return {known_part(m.priced, m.spent),
          m.model.empty() ? std::string("no model") : escape_controls(m.model),
          with_separators(m.requests) + (m.requests == 1 ? " request" : " requests")};
}

json_object cost_fields(const run_cost& cost) {
  json_object fields;
  fields.flag("known", cost.known);
  if (cost.known) {
    fields.dollars("usd", cost.spent);
  } else {
    fields.null("usd");
  }
  fields.dollars("known_usd", cost.spent).dollars("at_risk_usd", cost.at_risk);
  fields.dollars("in_flight_usd", cost.in_flight);
  if (cost.budget) {
    fields.dollars("budget_usd", *cost.budget);
  } else {
    fields.null("budget_usd");
  }
  return fields;
}

std::vector<json_object> model_fields(const run_summary& s) {
  std::vector<json_object> list;
  for (const model_cost& m : s.models) {
    json_object one;
    one.text_or_null("model", m.model).count("requests", m.requests);
    if (m.priced) {
      one.dollars("usd", m.spent);
    } else {
      one.null("usd");
    }
    one.dollars("at_risk_usd", m.at_risk)
        .count("lost", m.lost)
        .count("unbilled", m.unbilled)
        .object("tokens", token_fields(m.tokens));
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace batchmill
