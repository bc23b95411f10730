#include "jobs/endpoint.hpp"

#include <algorithm>

#include "batchmill/error.hpp"

namespace batchmill::jobs {

namespace {

constexpr std::string_view version = "/v1";

struct base_parts {
  std::string_view path;   // without a slash at its end; empty when there is none
  std::string_view query;  // without the question mark
};

base_parts split_base(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  base_parts parts;
  const std::size_t mark = url.find('?');
  if (mark != std::string_view::npos) parts.query = url.substr(mark + 1);
  url = url.substr(0, mark);
  const std::size_t slash = url.find('/');
  if (slash != std::string_view::npos) parts.path = url.substr(slash);
  while (parts.path.ends_with('/')) parts.path.remove_suffix(1);
  return parts;
}

bool has_version(std::string_view endpoint) {
  return endpoint.starts_with(version) && endpoint.substr(version.size()).starts_with('/');
}

bool sendable(std::string_view target) {
  return std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

}  // namespace

std::string_view short_endpoint(std::string_view endpoint) {
  endpoint = endpoint.substr(0, endpoint.find('?'));
  if (has_version(endpoint)) endpoint.remove_prefix(version.size());
  return endpoint;
}

std::string request_target(const job_spec& spec) {
  const std::string& endpoint = spec.endpoint;
  if (!endpoint.starts_with('/')) {
    throw usage_error(spec.where("endpoint") + ": the endpoint '" + endpoint +
                      "' must be a path such as /v1/chat/completions");
  }
  base_parts base = split_base(spec.api.base_url);
  if (base.path.ends_with(version) && has_version(endpoint)) {
    base.path.remove_suffix(version.size());
  }
  std::string target = std::string(base.path) + endpoint;
  if (!base.query.empty()) {
    target += endpoint.find('?') == std::string::npos ? '?' : '&';
    target += base.query;
  }
  if (!sendable(target)) {
    throw usage_error(spec.where("endpoint") + ": the path '" + target +
                      "' has spaces or characters outside of ASCII; percent-encode them");
  }
  return target;
}

}  // namespace batchmill::jobs
