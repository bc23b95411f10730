#include "runner/simulator/front_door.hpp"

#include <fmt/format.h>

#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::string_view bearer = "bearer ";
constexpr std::string_view json_type = "application/json", form_type = "multipart/form-data";

std::string_view token_of(std::string_view authorization) {
  if (!equal_ignoring_case(authorization.substr(0, bearer.size()), bearer)) return {};
  return trim(authorization.substr(bearer.size()));
}

bool is_type(std::string_view content_type, std::string_view wanted) {
  return equal_ignoring_case(trim(content_type.substr(0, content_type.find(';'))), wanted);
}

}  // namespace

refusal check_route(const route_match& match, std::string_view method, const address& where) {
  if (where.azure && (!match.path_known || !where.versioned)) return azure_not_found();
  if (!match.path_known)
    return api_error(404, fmt::format("Invalid URL ({} {})", method, where.path));
  if (!match.found)
    return api_error(405, fmt::format("Invalid method for URL ({} {})", method, where.path));
  return {};
}

std::string_view key_of(const sim_request& request, const address& where) {
  const auto token = token_of(request.header("authorization"));
  return token.empty() && where.azure ? trim(request.header("api-key")) : token;
}

refusal check_key(const sim_request& request, const address& where, std::string_view wanted) {
  const auto key = key_of(request, where);
  if (!key.empty() && (wanted.empty() || key == wanted)) return {};
  if (where.azure) return azure_wrong_key();
  return key.empty() ? missing_key() : wrong_key(key);
}

bool is_json(std::string_view content_type) {
  return is_type(content_type, json_type);
}

bool is_form(std::string_view content_type) {
  return is_type(content_type, form_type);
}

api_error wrong_content_type(std::string_view given, route_kind kind) {
  // 400 rather than 415 is the API's own choice.
  return {400,
          fmt::format("Unsupported content type: '{0}'. This API method only accepts '{1}' "
                      "requests, but you specified the header 'Content-Type: {0}'. Please try "
                      "again with a supported content type.",
                      given, takes_json(kind) ? json_type : form_type),
          "", "unsupported_content_type"};
}

api_error bad_json() {
  return {
      400,
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using "
      "your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was "
      "not "
      "valid JSON. If you have trouble figuring out how to fix this, please contact us through our "
      "help center at help.openai.com.)"};
}

}  // namespace batchmill::simulator_detail
