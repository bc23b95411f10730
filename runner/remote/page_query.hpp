// How the API's lists are asked for, page by page.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "batchmill/http.hpp"
#include "batchmill/url_text.hpp"
#include "runner/remote/objects.hpp"

namespace batchmill {

/// Objects so much older than a moment of ours may still be younger: our clock and the server's
/// need not agree.
inline constexpr unix_seconds clock_slack = 3600;

inline http_request get_request(std::string target) {
  return http_request("GET", std::move(target), "");
}

/// `after`: the last id of the page before, or empty.
inline std::string page_query(unsigned limit, const std::string& after) {
  std::string query = fmt::format("limit={}", limit);
  if (!after.empty()) query += "&after=" + percent_encoded(after);
  return query;
}

}  // namespace batchmill
