#include "runner/remote/verdict.hpp"

#include <fmt/format.h>

#include "batchmill/api_error.hpp"
#include "batchmill/json_text.hpp"
#include "runner/flow/response_headers.hpp"

namespace batchmill {
namespace {

constexpr std::string_view key_prefix = "sk-";
constexpr std::size_t shortest_key = 8;  // behind the prefix

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '*';
}

failure_kind kind_of_error(net_errc code, repeatable how) {
  if (code == net_errc::stopped) return failure_kind::stopped;
  if (code == net_errc::untrusted) return failure_kind::denied;
  if (is_unsent(code)) return failure_kind::passing;
  if (how == repeatable::unless_made) return failure_kind::unknown_outcome;
  if (code == net_errc::response_too_large) return failure_kind::refused;
  return failure_kind::passing;
}

/// A full queue does not empty within seconds: the caller waits for batches to end.
bool is_full_queue(const api_error& error) {
  return error.code == "token_limit_exceeded";
}

failure_kind kind_of_answer(int status, const api_error& error, repeatable how) {
  if (is_full_queue(error)) return failure_kind::refused;
  switch (classify(status, error)) {
    case answer_kind::run_stopped:
      return failure_kind::denied;
    case answer_kind::rate_limited:
    case answer_kind::overloaded:
      return failure_kind::passing;
    case answer_kind::transient:
      // 409: another call holds the lock. Of the others nobody knows how far they came.
      if (how == repeatable::freely || status == 409) return failure_kind::passing;
      return failure_kind::unknown_outcome;
    default:
      break;
  }
  if (status == 403) return failure_kind::denied;
  if (status == 404 || status == 410) return failure_kind::gone;
  return failure_kind::refused;
}

api_error error_in(const http_response& response) {
  if (response.status / 100 == 3) {
    return read_error_text(
        fmt::format("the server redirects to \"{}\", which is not followed; "
                    "give the right address as api.base_url",
                    response.header("location")));
  }
  return json::validate(response.body) ? read_error_text(response.body)
                                       : read_api_error(response.body);
}

verdict of_answer(const http_response& response, repeatable how, wall_time now) {
  const api_error error = error_in(response);
  verdict v;
  v.failure.kind = kind_of_answer(response.status, error, how);
  v.failure.status = response.status;
  v.failure.code = error.name();
  v.failure.message = without_keys(error.message);
  v.may_pass = v.failure.kind == failure_kind::passing;
  v.server_wait = read_retry_after(response, now);
  if (!v.server_wait) v.server_wait = error.wait;
  // A call that makes something may be told not to come again, but is never talked into it.
  v.should_retry = read_should_retry(response);
  if (how == repeatable::unless_made && v.should_retry == true) v.should_retry.reset();
  return v;
}

verdict of_error(const transport_error& error, repeatable how) {
  verdict v;
  const failure_kind kind = kind_of_error(error.code, how);
  v.failure = remote_failure(kind, 0, to_string(error.code), without_keys(error.detail));
  v.may_pass = kind == failure_kind::passing;
  v.is_unsent = is_unsent(error.code);
  return v;
}

}  // namespace

const char* to_string(failure_kind kind) {
  switch (kind) {
    case failure_kind::passing:
      return "passing";
    case failure_kind::refused:
      return "refused";
    case failure_kind::denied:
      return "denied";
    case failure_kind::unknown_outcome:
      return "unknown_outcome";
    case failure_kind::gone:
      return "gone";
    case failure_kind::stopped:
      return "stopped";
  }
  return "unknown";
}

verdict judge(const attempt_result& result, repeatable how, wall_time now) {
  return result ? of_answer(*result, how, now) : of_error(result.error(), how);
}

remote_failure misread(repeatable how, int status, std::string why) {
  const bool made = how == repeatable::unless_made;
  const auto kind = made ? failure_kind::unknown_outcome : failure_kind::passing;
  return {kind, status, "bad_response", std::move(why)};
}

std::string without_keys(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t at = text.find(key_prefix);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + key_prefix.size());
    std::size_t length = 0;
    while (length < text.size() && is_key_character(text[length])) ++length;
    out += key_prefix;
    out += length < shortest_key ? text.substr(0, length) : std::string_view("...");
    text.remove_prefix(length);
  }
}

}  // namespace batchmill
