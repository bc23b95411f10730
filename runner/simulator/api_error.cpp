#include "runner/simulator/api_error.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runner/simulator/json_writer.hpp"

namespace batchmill::simulator_detail {

namespace {

void text_or_null(json_writer& json, std::string_view value) {
  if (value.empty())
    json.null();
  else
    json.text(value);
}

}  // namespace

std::string to_json(const api_error& error) {
  std::string out;
  json_writer json(out, json_layout::pretty);
  json.open_object().key("error").open_object();
  json.key("message").text(error.message);
  json.key("type").text(error.type);
  json.key("param");
  text_or_null(json, error.param);
  json.key("code");
  text_or_null(json, error.code);
  json.close_object().close_object();
  return out;
}

api_error bad_parameter(std::string_view param, std::string message, std::string_view code) {
  return {400, std::move(message), std::string(param), std::string(code)};
}

api_error missing_parameter(std::string_view param) {
  return bad_parameter(param, fmt::format("Missing required parameter: '{}'.", param),
                       "missing_required_parameter");
}

api_error unknown_parameter(std::string_view param) {
  return bad_parameter(param, fmt::format("Unknown parameter: '{}'.", param), "unknown_parameter");
}

api_error invalid_type(std::string_view param, std::string_view expected, std::string_view got) {
  return bad_parameter(
      param,
      fmt::format("Invalid type for '{}': expected {}, but got {} instead.", param, expected, got),
      "invalid_type");
}

api_error invalid_value(std::string_view param, std::string message) {
  return bad_parameter(param, std::move(message), "invalid_value");
}

api_error empty_array(std::string_view param) {
  return bad_parameter(param,
                       fmt::format("Invalid '{}': empty array. Expected an array with minimum "
                                   "length 1, but got an empty array instead.",
                                   param),
                       "empty_array");
}

api_error model_not_found(std::string_view model) {
  return {404, fmt::format("The model `{}` does not exist or you do not have access to it.", model),
          "", "model_not_found"};
}

api_error missing_key() {
  return {401,
          "You didn't provide an API key. You need to provide your API key in an Authorization "
          "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password "
          "field (with blank username) if you're accessing the API from your browser and are "
          "prompted for a username and password. You can obtain an API key from "
          "https://platform.openai.com/account/api-keys."};
}

api_error wrong_key(std::string_view key) {
  return {401,
          fmt::format("Incorrect API key provided: {}. You can find your API key at "
                      "https://platform.openai.com/account/api-keys.",
                      masked(key)),
          "", "invalid_api_key"};
}

std::string masked(std::string_view key) {
  constexpr std::size_t begin = 8, end = 4, most_stars = 120;
  // The API shows short keys whole. A short secret is still a secret, so that is not imitated.
  if (key.size() <= begin + end)
    return std::string(key.substr(0, key.size() / 4)) +
           std::string(key.size() - key.size() / 4, '*');
  const auto stars = std::min(key.size() - begin - end, most_stars);
  return fmt::format("{}{}{}", key.substr(0, begin), std::string(stars, '*'),
                     key.substr(key.size() - end));
}

}  // namespace batchmill::simulator_detail
