#include "runner/simulator/address.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::string_view azure_root = "/openai/", deployments = "deployments/", young = "v1/";

// Only these have a deployment in their path.
constexpr std::string_view deployed[] = {
    "completions",        "chat/completions", "embeddings",         "audio/transcriptions",
    "audio/translations", "audio/speech",     "images/generations", "images/edits"};

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Azure's names for models have no dot, as in "gpt-35-turbo".
std::string model_of(std::string_view deployment) {
  auto name = percent_decoded(deployment);
  if (name.starts_with("gpt-35-")) name.insert(5, ".");
  return name;
}

bool has_version(std::string_view query) {
  for (const auto part : split(query, '&'))
    if (part.starts_with("api-version=") && part != "api-version=") return true;
  return false;
}

// An unknown path keeps its form, so that it matches nothing.
void read_deployment(std::string_view rest, address& where) {
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos || slash == 0) return;
  const auto endpoint = rest.substr(slash + 1);
  if (std::find(std::begin(deployed), std::end(deployed), endpoint) == std::end(deployed)) return;
  where.deployment = model_of(rest.substr(0, slash));
  where.path = "/v1/";
  where.path += endpoint;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto* end = text.data() + i + 3;
      const auto [rest, error] = std::from_chars(text.data() + i + 1, end, byte, 16);
      if (error == std::errc{} && rest == end) {
        out += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

address read_address(std::string_view target) {
  address where;
  const auto mark = target.find('?');
  auto path = target.substr(0, mark);
  where.path = path;
  if (!take(path, azure_root)) return where;
  where.azure = true;
  if (take(path, young)) {
    where.path = "/v1/";
    where.path += path;
    return where;
  }
  where.versioned = mark != std::string_view::npos && has_version(target.substr(mark + 1));
  if (take(path, deployments)) {
    read_deployment(path, where);
  } else {
    where.path = "/v1/";
    where.path += path;
  }
  return where;
}

api_error azure_not_found() {
  return {404, "Resource not found", "", "404"};
}

api_error azure_unknown_deployment() {
  return {404,
          "The API deployment for this resource does not exist. If you created the deployment "
          "within the last 5 minutes, please wait a moment and try again.",
          "", "DeploymentNotFound"};
}

api_error azure_wrong_key() {
  return {401,
          "Access denied due to invalid subscription key or wrong API endpoint. Make sure to "
          "provide a valid key for an active subscription and use a correct regional API endpoint "
          "for your resource.",
          "", "401"};
}

}  // namespace batchmill::simulator_detail
