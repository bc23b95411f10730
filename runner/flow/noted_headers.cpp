#include "runner/flow/noted_headers.hpp"

#include <algorithm>

namespace batchmill {
namespace {

/// In the order of noted_header, in lower case.
constexpr std::array<std::string_view, noted_header_count> names{
    "date",
    "x-request-id",
    "x-should-retry",
    "retry-after",
    "retry-after-ms",
    "x-ratelimit-limit-requests",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-reset-requests",
    "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-tokens",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-limit-project-tokens",
    "x-ratelimit-remaining-project-tokens",
    "x-ratelimit-reset-project-tokens",
};

/// Servers mostly write them in lower case.
bool is(std::string_view given, std::string_view name) {
  return given.size() == name.size() && (given == name || detail::equal_ignoring_case(given, name));
}

}  // namespace

noted_headers::noted_headers(const http_response& response) {
  std::string_view rest = response.head;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\r'), rest.size());
    const char first = detail::lower(rest.front());
    if (first == 'x' || first == 'r' || first == 'd') note(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
}

void noted_headers::note(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!is(name, names[i])) continue;
    if (values_[i].data() == nullptr) values_[i] = detail::trimmed(line.substr(colon + 1));
    return;
  }
}

}  // namespace batchmill
