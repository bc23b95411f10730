#include "jobs/endpoint.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/url_text.hpp"

namespace batchmill::jobs {

namespace {

constexpr std::string_view version = "/v1";

bool has_version(std::string_view endpoint) {
  return endpoint.starts_with(version) && endpoint.substr(version.size()).starts_with('/');
}

/// Only these have a deployment in their address.
bool has_deployment(std::string_view endpoint) {
  constexpr std::array<std::string_view, 8> paths = {
      "/completions",        "/chat/completions", "/embeddings",         "/audio/transcriptions",
      "/audio/translations", "/audio/speech",     "/images/generations", "/images/edits"};
  return std::find(paths.begin(), paths.end(), endpoint) != paths.end();
}

/// Azure's younger addresses, below /openai/v1, are those of the API itself.
std::string azure_target(const job_spec& spec, base_url_parts base) {
  const std::string& endpoint = spec.endpoint;
  if (endpoint.starts_with("/openai/")) return std::string(base.path) + endpoint;
  if (base.path.ends_with("/openai/v1")) {
    return std::string(base.path) + endpoint.substr(has_version(endpoint) ? version.size() : 0);
  }
  if (base.path.ends_with("/openai")) base.path.remove_suffix(std::string_view("/openai").size());
  std::string target = std::string(base.path) + "/openai";
  const std::string_view path = short_endpoint(endpoint);
  if (has_deployment(path)) target.append("/deployments/").append(deployment_mark);
  target += path;
  const std::size_t mark = endpoint.find('?');
  if (mark != std::string::npos) target += endpoint.substr(mark);
  return join_query(std::move(target), "api-version=" + spec.api.api_version);
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
  base_url_parts base = split_base_url(spec.api.base_url);
  const bool azure = spec.api.flavor == api_flavor::azure;
  if (!azure && base.path.ends_with(version) && has_version(endpoint)) {
    base.path.remove_suffix(version.size());
  }
  std::string target = azure ? azure_target(spec, base) : std::string(base.path) + endpoint;
  target = join_query(std::move(target), base.query);
  if (!sendable(target)) {
    throw usage_error(spec.where("endpoint") + ": the path '" + target +
                      "' has spaces or characters outside of ASCII; percent-encode them");
  }
  return target;
}

std::string target_for_model(const std::string& target, std::string_view model) {
  const std::size_t at = target.find(deployment_mark);
  if (at == std::string::npos) return target;
  return target.substr(0, at) + percent_encoded(model) + target.substr(at + deployment_mark.size());
}

}  // namespace batchmill::jobs
