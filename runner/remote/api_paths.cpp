#include "runner/remote/api_paths.hpp"

#include "batchmill/url_text.hpp"

namespace batchmill {
namespace {

constexpr std::string_view version = "/v1";

bool names_version(std::string_view endpoint) {
  return endpoint.starts_with(version) && endpoint.substr(version.size()).starts_with('/');
}

}  // namespace

api_paths::api_paths(const api_spec& api, std::string_view endpoint) {
  const base_url_parts base = split_base_url(api.base_url);
  base_ = base.path;
  query_ = base.query;
  if (api.flavor == api_flavor::azure) {
    if (base_.ends_with("/openai/v1")) return;
    if (!base_.ends_with("/openai")) base_ += "/openai";
    query_ = "api-version=" + api.api_version;
    if (!base.query.empty()) query_.append("&").append(base.query);
  } else if (names_version(endpoint) && !base_.ends_with(version)) {
    base_ += version;
  }
}

std::string api_paths::target(std::string_view path, std::string_view query) const {
  return join_query(join_query(base_ + std::string(path), query), query_);
}

}  // namespace batchmill
