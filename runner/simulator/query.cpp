#include "runner/simulator/query.hpp"

#include <algorithm>

#include "batchmill/json_text.hpp"
#include "runner/simulator/address.hpp"
#include "runner/simulator/checks.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::string_view orders[] = {"asc", "desc"};

refusal read_limit(const std::string& text, std::size_t most, std::size_t& limit) {
  const auto given = json::integer(text);
  boost::json::value value = boost::json::string(text);
  if (given) value = *given;
  const parameter rule{"limit", value_kind::integer, 1, static_cast<double>(most)};
  if (auto error = check_value(value, rule, "limit")) return error;
  limit = static_cast<std::size_t>(*given);
  return {};
}

}  // namespace

query::query(std::string_view target) {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return;
  for (const auto field : split(target.substr(mark + 1), '&')) {
    const auto equals = std::min(field.find('='), field.size());
    const auto value = field.substr(std::min(equals + 1, field.size()));
    fields_.emplace_back(percent_decoded(field.substr(0, equals)), percent_decoded(value));
  }
}

std::optional<std::string> query::find(std::string_view name) const {
  const auto found = std::find_if(fields_.rbegin(), fields_.rend(),
                                  [&](const auto& field) { return field.first == name; });
  return found == fields_.rend() ? std::nullopt : std::optional(found->second);
}

refusal read_page(const query& q, std::size_t most, bool has_order, page_request& page) {
  page.after = q.find("after").value_or("");
  if (const auto limit = q.find("limit"))
    if (auto error = read_limit(*limit, most, page.limit)) return error;
  const auto order = has_order ? q.find("order") : std::nullopt;
  if (!order) return {};
  page.oldest_first = *order == "asc";
  if (*order == "asc" || *order == "desc") return {};
  return unsupported_choice("order", *order, orders);
}

}  // namespace batchmill::simulator_detail
