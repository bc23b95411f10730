#include "jobs/answer.hpp"

#include <algorithm>
#include <utility>

#include "batchmill/json_text.hpp"

namespace batchmill::jobs {

namespace {

constexpr std::size_t longest_text = 16 * 1024;

std::string name_key_source(const api_spec& api) {
  if (!api.key_file.empty()) return "the file " + api.key_file;
  if (api.key_fd) return "file descriptor " + std::to_string(*api.key_fd);
  return "the environment variable " + api.key_env;
}

/// The model that the template itself names; empty when it names none or takes it from the row.
std::string template_model(const job_spec& spec) {
  const auto raw = json::member(spec.body_template.text, "model");
  const std::string model = raw ? json::unquote(*raw).value_or("") : "";
  return model.find("{{") == std::string::npos ? model : "";
}

}  // namespace

failure_judge::failure_judge(const job_spec& spec, row_format format)
    : model_(spec.model),
      model_place_(spec.where("model")),
      key_source_(name_key_source(spec.api)) {
  if (json::member(spec.body_template.text, "model")) {
    model_ = template_model(spec);
    model_place_ = spec.where("template");
  }
  only_model_ = format == row_format::rows && !model_.empty();
}

reading failure_judge::judge(int status, const api_error& error, std::string body) const {
  reading result;
  result.kind = classify(status, error);
  if (is_unknown_model(error) && stops_for_model(error)) result.kind = answer_kind::run_stopped;
  result.body = std::move(body);
  result.code = error.name();
  result.message = error.message;
  result.wait = error.wait;
  if (result.kind == answer_kind::run_stopped) result.advice = advice(status, error);
  return result;
}

bool failure_judge::stops_for_model(const api_error& error) const {
  if (only_model_) return true;
  return !model_.empty() && (error.message.find("`" + model_ + "`") != std::string::npos ||
                             error.message.find("'" + model_ + "'") != std::string::npos);
}

std::string failure_judge::advice(int status, const api_error& error) const {
  if (is_unknown_model(error)) {
    const std::string place = model_place_.empty() ? "" : " (" + model_place_ + ")";
    return "Check the model '" + model_ + "'" + place +
           ": the server does not know it, or the key may not use it.";
  }
  if (error.code == "unsupported_country_region_territory") {
    return "Run the job from a country that the API serves, or set `api.base_url` to a server "
           "that answers here.";
  }
  if (status == 401 || error.code == "invalid_api_key") {
    return "Check the API key, which is read from " + key_source_ +
           ", and `api.organization` and `api.project`.";
  }
  if (error.code == "access_terminated") {
    return "The account may no longer use the API; ask the provider's support.";
  }
  return "Add credit or raise the spend limit in the account's billing settings, then run the job "
         "again.";
}

reading malformed(std::string body, const std::string& what) {
  reading result;
  result.kind = answer_kind::transient;
  result.body = std::move(body);
  result.code = "malformed_response";
  result.message = "the server's answer cannot be used: " + what;
  return result;
}

std::string quoted_beginning(std::string_view text) {
  std::size_t n = std::min(text.size(), longest_text);
  // Not in the middle of a character.
  while (n > 0 && n < text.size() && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
  return json::quote(text.substr(0, n));
}

reading read_failure(const http_response& response, const failure_judge& judge) {
  std::string body;
  if (json::minify(response.body, body)) {
    return judge.judge(response.status, read_error_text(response.body),
                       quoted_beginning(response.body));
  }
  const api_error error = read_api_error(body);
  return judge.judge(response.status, error, std::move(body));
}

boost::system::result<std::string, reading> read_json_body(const http_response& response,
                                                           const failure_judge& judge) {
  if (response.status < 200 || response.status > 299) return read_failure(response, judge);
  std::string body;
  const auto fault = json::minify(response.body, body);
  if (!fault) return body;
  return malformed(
      quoted_beginning(response.body),
      std::string("it is no JSON: ") + fault->what + " at byte " + std::to_string(fault->offset));
}

std::string text_of(std::string_view object, std::string_view key) {
  return json::unquote(json::member(object, key).value_or("")).value_or("");
}

bool is_given(std::string_view raw) {
  return raw.data() != nullptr && json::kind_of(raw) != json::kind::null;
}

reading read_inner_error(int status, std::string body, const failure_judge& judge) {
  const api_error error = read_api_error(body);
  return judge.judge(status, error, std::move(body));
}

}  // namespace batchmill::jobs
