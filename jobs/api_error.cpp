#include "batchmill/api_error.hpp"

#include <algorithm>
#include <array>

#include "batchmill/duration.hpp"
#include "batchmill/json_text.hpp"

namespace batchmill {

namespace {

constexpr std::size_t longest_message = 300;  // of a message made from a body

/// Text of a string, spelling of a number; nothing of anything else.
std::string plain_text(std::string_view raw) {
  if (json::kind_of(raw) == json::kind::string) return json::unquote(raw).value_or("");
  return json::kind_of(raw) == json::kind::number ? std::string(raw) : std::string();
}

std::string text_of(std::string_view object, std::string_view key) {
  return plain_text(json::member(object, key).value_or(""));
}

std::optional<duration> wait_after(std::string_view message, std::string_view phrase) {
  const std::size_t at = message.find(phrase);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view word = message.substr(at + phrase.size());
  word = word.substr(0, word.find_first_of(" ,;\n"));
  while (word.ends_with('.')) word.remove_suffix(1);
  return parse_duration(word);
}

/// "Please try again in 6m0s." (OpenAI), "Please retry after 26 seconds." (Azure).
std::optional<duration> stated_wait(std::string_view message) {
  const auto wait = wait_after(message, "try again in ");
  return wait ? wait : wait_after(message, "retry after ");
}

std::string beginning(std::string_view text) {
  if (text.size() <= longest_message) return std::string(text);
  std::size_t n = longest_message;
  while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
  return std::string(text.substr(0, n)) + "...";
}

/// The message where there is none by that name: FastAPI's `detail`, else the whole body.
std::string message_of(std::string_view json, std::string_view error) {
  std::string message = text_of(error, "message");
  if (message.empty()) message = plain_text(error);
  if (message.empty()) message = text_of(json, "detail");
  return message.empty() ? beginning(json) : message;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), json::detail::is_digit);
}

bool means_money(std::string_view name) {
  constexpr std::array<std::string_view, 5> names = {
      "insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached",
      "billing_not_active", "access_terminated"};
  return std::find(names.begin(), names.end(), name) != names.end() ||
         name.ends_with("_spend_limit_exceeded") || name.ends_with("_usage_limit_exceeded");
}

/// What a code or a type says by itself, whatever the status.
std::optional<answer_kind> meaning(std::string_view name) {
  if (means_money(name) || name == "invalid_api_key" ||
      name == "unsupported_country_region_territory") {
    return answer_kind::run_stopped;
  }
  if (name == "slow_down" || name == "server_is_overloaded" ||
      name == "service_unavailable_error") {
    return answer_kind::overloaded;
  }
  return std::nullopt;
}

answer_kind by_status(int status) {
  // 402 is how servers other than OpenAI say that the credit is used up.
  if (status == 401 || status == 402) return answer_kind::run_stopped;
  if (status == 429) return answer_kind::rate_limited;
  if (status == 503 || status == 529) return answer_kind::overloaded;
  if (status == 408 || status == 409 || status >= 500) return answer_kind::transient;
  return answer_kind::row_failed;
}

/// The status that an error inside of a 2xx answer would have had.
int implied_status(const api_error& error) {
  const std::int64_t code = json::integer(error.code).value_or(0);
  if (code >= 400 && code < 600) return static_cast<int>(code);
  if (error.code == "rate_limit_exceeded" || error.type == "rate_limit_error") return 429;
  const bool refused = error.type == "invalid_request_error" || error.code.starts_with("invalid_");
  return refused ? 400 : 500;
}

}  // namespace

std::string api_error::name() const {
  // Some servers repeat the status as the code, which says less than their type.
  if (!code.empty() && (type.empty() || !is_number(code))) return code;
  return type.empty() ? "http_error" : type;
}

api_error read_api_error(std::string_view json) {
  const std::string_view error = json::member(json, "error").value_or("");
  const bool nested = json::kind_of(error) == json::kind::object;
  const std::string_view source = nested ? error : json;
  api_error result;
  result.type = text_of(source, "type");
  result.code = text_of(source, "code");
  result.param = text_of(source, "param");
  result.message = nested || json::kind_of(error) == json::kind::string ? message_of(json, error)
                                                                        : message_of(json, json);
  result.wait = stated_wait(result.message);
  return result;
}

api_error read_error_text(std::string_view text) {
  api_error result;
  result.message = text.empty() ? "the answer is empty" : beginning(text);
  return result;
}

answer_kind classify(int status, const api_error& error) {
  if (const auto kind = meaning(error.code)) return *kind;
  if (const auto kind = meaning(error.type)) return *kind;
  if (status < 300) status = implied_status(error);
  if (status == 429) {
    if (error.message.starts_with("Request too large")) return answer_kind::row_failed;
    if (error.message.starts_with("You exceeded your current quota")) {
      return answer_kind::run_stopped;
    }
    if (error.message.starts_with("Resource unavailable")) return answer_kind::overloaded;
  }
  return by_status(status);
}

bool is_unknown_model(const api_error& error) {
  return error.code == "model_not_found" || error.code == "DeploymentNotFound";
}

}  // namespace batchmill
