#include "runner/connection.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <utility>

#include "batchmill/error.hpp"
#include "runner/net/api_key.hpp"
#include "runner/net/https_transport.hpp"
#include "runner/net/key_guard.hpp"
#include "runner/net/proxy.hpp"
#include "runner/net/url.hpp"
#include "runner/spec/secrets.hpp"

namespace batchmill {
namespace {

transport_options common_options(const job_spec& spec) {
  transport_options options;
  options.headers = spec.api.headers;
  for (const auto& [name, value] : options.headers)
    if (spec::header_is_private(name)) options.hidden.push_back(value);
  if (!spec.api.organization.empty()) {
    options.headers.emplace_back("OpenAI-Organization", spec.api.organization);
  }
  if (!spec.api.project.empty()) options.headers.emplace_back("OpenAI-Project", spec.api.project);
  options.connect_timeout = spec.api.connect_timeout;
  options.max_response = spec.api.max_response.bytes;
  return options;
}

void authorize(const job_spec& spec, const std::string& key, transport_options& options) {
  const bool azure = spec.api.flavor == api_flavor::azure;
  if (azure) options.key_header = "api-key";
  options.authorization.reserve(key.size() + 8);
  options.authorization.append(azure ? "" : "Bearer ").append(key);
}

/// Nothing when there is no proxy, or when its address cannot be read: the transport says that.
std::optional<url> proxy_url(const std::string& proxy) {
  if (proxy.empty()) return std::nullopt;
  const auto parsed = parse_url(proxy.find("://") == std::string::npos ? "http://" + proxy : proxy);
  return parsed ? std::optional<url>(*parsed) : std::nullopt;
}

url server_of(const job_spec& spec) {
  auto server = parse_url(spec.api.base_url);
  if (server) return std::move(*server);
  throw usage_error(fmt::format("{}: {}", spec.where("api.base_url"), server.error()));
}

/// Without the key.
transport_options options_for(const job_spec& spec, const url& server) {
  transport_options options = common_options(spec);
  options.base_url = spec.api.base_url;
  options.proxy = choose_proxy(server, spec.api.proxy, process_environment);
  if (!spec.api.ca_file.empty()) options.ca_file = spec.resolve(spec.api.ca_file);
  return options;
}

}  // namespace

std::unique_ptr<transport> connect_as(const job_spec& spec, executor ex) {
  const url server = server_of(spec);
  std::string key = load_api_key(spec, process_environment);
  const wiped_at_end no_key(key);
  transport_options options = options_for(spec, server);
  const wiped_at_end no_authorization(options.authorization);
  check_key_transport(server, proxy_url(options.proxy), !key.empty());
  if (!key.empty()) authorize(spec, key, options);
  return make_https_transport(ex, options);
}

std::vector<std::string> connection_faults(const job_spec& spec) {
  std::vector<std::string> faults;
  const auto attempt = [&](const auto& step) {
    try {
      step();
    } catch (const usage_error& e) {
      faults.emplace_back(e.what());
    }
  };
  bool has_key = true;  // where it cannot be read one is meant
  attempt([&] { has_key = !load_api_key(spec, process_environment).empty(); });
  attempt([&] {
    const url server = server_of(spec);
    const transport_options options = options_for(spec, server);
    attempt([&] { check_key_transport(server, proxy_url(options.proxy), has_key); });
    boost::asio::io_context io(1);
    make_https_transport(io.get_executor(), options);
  });
  return faults;
}

std::unique_ptr<transport> connect_to_simulator(const job_spec& spec, executor ex) {
  transport_options options = common_options(spec);
  options.base_url = spec.api.base_url;
  authorize(spec, "sk-simulated", options);
  return make_https_transport(ex, options);
}

}  // namespace batchmill
