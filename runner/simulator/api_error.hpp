// The API's errors: {"error":{"message","type","param","code"}} with the texts of the real service.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace batchmill::simulator_detail {

struct api_error {
  api_error() = default;
  api_error(int s, std::string m, std::string p = {}, std::string c = {})
      : status(s), message(std::move(m)), param(std::move(p)), code(std::move(c)) {}

  int status = 0;
  std::string message;
  std::string param;  // null when empty
  std::string code;   // null when empty
  std::string type = "invalid_request_error";
  std::string headers;  // further header lines, e.g. Retry-After
};

using refusal = std::optional<api_error>;

/// The body of the answer.
std::string to_json(const api_error& error);

/// A 400 for the parameter `param`.
api_error bad_parameter(std::string_view param, std::string message, std::string_view code = {});

api_error missing_parameter(std::string_view param);
api_error unknown_parameter(std::string_view param);
api_error invalid_type(std::string_view param, std::string_view expected, std::string_view got);
api_error invalid_value(std::string_view param, std::string message);
api_error empty_array(std::string_view param);

/// "Invalid value: 'x'. Supported values are: 'a', 'b', and 'c'."
template <class Values>
api_error unsupported_choice(std::string_view param, std::string_view got, const Values& values) {
  std::string list;
  std::size_t left = std::size(values);
  for (const auto& value : values) {
    if (!list.empty()) list += left == 1 ? (std::size(values) > 2 ? ", and " : " and ") : ", ";
    list.append("'").append(value).append("'");
    --left;
  }
  return invalid_value(
      param, "Invalid value: '" + std::string(got) + "'. Supported values are: " + list + ".");
}

api_error model_not_found(std::string_view model);
api_error missing_key();
api_error wrong_key(std::string_view key);

/// A key as error messages show it: its ends and stars; never the whole key.
std::string masked(std::string_view key);

}  // namespace batchmill::simulator_detail
