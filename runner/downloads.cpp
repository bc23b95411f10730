#include "runner/downloads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "batchmill/error.hpp"
#include "runner/net/environment.hpp"
#include "runner/net/https_transport.hpp"
#include "runner/net/proxy.hpp"
#include "runner/net/url.hpp"

namespace batchmill {
namespace {

// A service has one host for its files, or a few. They are kept as long as the run.
constexpr std::size_t most_hosts = 64;
constexpr auto close_soon = std::chrono::seconds(10);

/// A server wrote it: what would end the request line must not get into one.
std::optional<url> read_address(const std::string& address, std::string& problem) {
  const auto unfit = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
  if (std::any_of(address.begin(), address.end(), unfit)) {
    problem = "its address holds blanks or control characters";
    return std::nullopt;
  }
  auto place = parse_url(address.substr(0, address.find('#')));
  if (!place) problem = "its address cannot be used: " + place.error();
  return place ? std::optional<url>(std::move(*place)) : std::nullopt;
}

class downloads : public file_source {
 public:
  downloads(const job_spec& spec, executor ex) : ex_(ex) {
    options_.connect_timeout = spec.api.connect_timeout;
    options_.max_response = spec.api.max_response.bytes;
    options_.proxy = spec.api.proxy;
    options_.idle_timeout = close_soon;
    options_.headers.emplace_back("Accept", "*/*");
    if (!spec.api.ca_file.empty()) options_.ca_file = spec.resolve(spec.api.ca_file);
  }

  awaitable<attempt_result> get(std::string address, time_point deadline) override {
    if (cancelled_) co_return transport_error(net_errc::stopped, "the run was stopped");
    std::string problem;
    const std::optional<url> place = read_address(address, problem);
    if (!place) co_return transport_error(net_errc::bad_response, problem);
    transport* wire = wire_to(*place, problem);
    if (wire == nullptr) co_return transport_error(net_errc::connect_failed, problem);
    const http_request request("GET", place->path.empty() ? "/" : place->path, "");
    co_return co_await wire->send(request, deadline);
  }

  void cancel() override {
    cancelled_ = true;
    for (auto& [origin, wire] : wires_) wire->cancel();
  }

 private:
  transport* wire_to(const url& place, std::string& problem) {
    const std::string origin = place.scheme + "://" + place.endpoint();
    const auto known = wires_.find(origin);
    if (known != wires_.end()) return known->second.get();
    if (wires_.size() == most_hosts) {
      problem = fmt::format("it is on one more host than the {} that are asked", most_hosts);
      return nullptr;
    }
    transport_options options = options_;
    options.base_url = origin;
    options.proxy = choose_proxy(place, options_.proxy, process_environment);
    try {
      return wires_.emplace(origin, make_https_transport(ex_, options)).first->second.get();
    } catch (const usage_error& e) {
      problem = e.what();
      return nullptr;
    }
  }

  executor ex_;
  transport_options options_;
  std::map<std::string, std::unique_ptr<transport>> wires_;
  bool cancelled_ = false;
};

}  // namespace

std::unique_ptr<file_source> make_downloads(const job_spec& spec, executor ex) {
  return std::make_unique<downloads>(spec, ex);
}

}  // namespace batchmill
