#include "runner/connection.hpp"

#include <fmt/format.h>

#include <optional>

#include "batchmill/error.hpp"
#include "runner/net/api_key.hpp"
#include "runner/net/https_transport.hpp"
#include "runner/net/proxy.hpp"
#include "runner/net/url.hpp"

namespace batchmill {
namespace {

transport_options common_options(const job_spec& spec) {
  transport_options options;
  options.headers = spec.api.headers;
  if (!spec.api.organization.empty()) {
    options.headers.emplace_back("OpenAI-Organization", spec.api.organization);
  }
  if (!spec.api.project.empty()) options.headers.emplace_back("OpenAI-Project", spec.api.project);
  options.connect_timeout = spec.api.connect_timeout;
  return options;
}

void authorize(const job_spec& spec, const std::string& key, transport_options& options) {
  const bool azure = spec.api.flavor == api_flavor::azure;
  if (azure) options.key_header = "api-key";
  options.authorization = azure ? key : "Bearer " + key;
}

/// Nothing when there is no proxy, or when its address cannot be read: the transport says that.
std::optional<url> proxy_url(const std::string& proxy) {
  if (proxy.empty()) return std::nullopt;
  const auto parsed = parse_url(proxy.find("://") == std::string::npos ? "http://" + proxy : proxy);
  return parsed ? std::optional<url>(*parsed) : std::nullopt;
}

}  // namespace

std::unique_ptr<transport> connect_as(const job_spec& spec, executor ex) {
  const auto server = parse_url(spec.api.base_url);
  if (!server) {
    throw usage_error(fmt::format("{}: {}", spec.where("api.base_url"), server.error()));
  }
  const std::string key = load_api_key(spec, process_environment);
  const std::string proxy = choose_proxy(*server, spec.api.proxy, process_environment);
  check_key_transport(*server, proxy_url(proxy), !key.empty());
  transport_options options = common_options(spec);
  options.base_url = spec.api.base_url;
  if (!key.empty()) authorize(spec, key, options);
  options.proxy = proxy;
  if (!spec.api.ca_file.empty()) options.ca_file = spec.resolve(spec.api.ca_file);
  return make_https_transport(ex, options);
}

std::unique_ptr<transport> connect_to_simulator(const job_spec& spec, executor ex) {
  transport_options options = common_options(spec);
  options.base_url = spec.api.base_url;
  authorize(spec, "sk-simulated", options);
  return make_https_transport(ex, options);
}

}  // namespace batchmill
