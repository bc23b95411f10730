#include "runner/simulator/fault_answers.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "runner/simulator/api_error.hpp"
#include "runner/simulator/dice.hpp"
#include "runner/simulator/limits/limit_errors.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::string_view proxy_page =
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n"
    "</body>\r\n</html>\r\n";

// The gateway before the API has its own shape: `code` is a number.
constexpr std::string_view gateway_error =
    "{\n  \"error\": {\n    \"code\": 502,\n    \"message\": \"Bad gateway.\",\n"
    "    \"param\": null,\n    \"type\": \"cf_bad_gateway\"\n  }\n}";

api_error typed(api_error error, std::string type) {
  error.type = std::move(type);
  return error;
}

api_error server_error(std::string_view request_id) {
  return typed({500, fmt::format("The server had an error processing your request. Sorry about "
                                 "that! You can retry your request, or contact us through our help "
                                 "center at help.openai.com if you keep seeing this error. (Please "
                                 "include the request ID {} in your email.)",
                                 request_id)},
               "server_error");
}

// Used and wait obey the API's formula: full but for what `wait` refills.
api_error passing_limit(const fault_setting& setting) {
  const double limit = setting.requests_per_minute > 0 ? setting.requests_per_minute : 30'000;
  dice die(setting.hash);
  const double missing = 1 - die.uniform() / 2;
  const auto wait = std::chrono::duration<double, std::ratio<60>>(missing / limit);
  return limit_reached(setting.model, dimension::requests, {limit, limit + missing - 1, 1},
                       std::chrono::ceil<duration>(wait));
}

api_error error_of(fault f, const fault_setting& setting) {
  switch (f) {
    case fault::status_408:
      return typed({408, "Request timed out."}, "timeout");
    case fault::status_409:
      return {409, "The resource is locked by another request. Please try again."};
    case fault::status_429:
      return passing_limit(setting);
    case fault::status_503:
      return typed({503, "The server is currently overloaded. Please try again later.", "",
                    "server_is_overloaded"},
                   "service_unavailable_error");
    case fault::slow_down:
      return typed({429, "Your traffic ramped up too fast. Please slow down and try again.", "",
                    "slow_down"},
                   "rate_limit_error");
    case fault::quota:
      return typed({429,
                    "You exceeded your current quota, please check your plan and billing details. "
                    "For more information on this error, read the docs: "
                    "https://platform.openai.com/docs/guides/error-codes/api-errors.",
                    "", "insufficient_quota"},
                   "insufficient_quota");
    case fault::key:
      return wrong_key(setting.key);
    default:
      return server_error(setting.request_id);
  }
}

}  // namespace

sim_answer answer_fault(fault f, const fault_setting& setting) {
  sim_answer answer;
  if (f == fault::reset) {
    answer.how = delivery::reset;
  } else if (f == fault::html || f == fault::status_502) {
    answer.status = 502;
    answer.headers =
        f == fault::html ? "content-type: text/html\r\n" : "content-type: application/json\r\n";
    answer.body = f == fault::html ? proxy_page : gateway_error;
  } else {
    auto error = error_of(f, setting);
    answer.status = error.status;
    answer.headers = "content-type: application/json\r\n" + error.headers;
    answer.body = to_json(error);
  }
  return answer;
}

}  // namespace batchmill::simulator_detail
