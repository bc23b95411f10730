// The simulated service with requests written in one line, for tests.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/simulator/service.hpp"
#include "tests/support/form_body.hpp"

namespace batchmill::testing {

/// An answer, read.
struct api_answer {
  simulator_detail::sim_answer raw;
  boost::json::value json;

  int status() const { return raw.status; }

  /// The body, be it on disk.
  std::string body() const {
    if (!raw.stored) return raw.body;
    return raw.stored->content.text(raw.stored->begin, raw.stored->size);
  }

  const boost::json::value& at(std::string_view pointer) const { return json.at_pointer(pointer); }
  std::string text(std::string_view pointer) const {
    const auto& value = at(pointer);
    return value.is_null() ? "null" : boost::json::value_to<std::string>(value);
  }
  std::int64_t number(std::string_view pointer) const { return at(pointer).to_number<int64_t>(); }

  std::string error() const { return text("/error/message"); }
  std::string code() const { return text("/error/code"); }
  std::string param() const { return text("/error/param"); }
  std::string type() const { return text("/error/type"); }
  std::string content() const { return text("/choices/0/message/content"); }

  /// The value of a header line; "" when absent.
  std::string header(std::string_view name) const {
    const auto& lines = raw.headers;
    const auto begin = lines.find(std::string(name) + ": ");
    if (begin == std::string::npos || (begin > 0 && lines[begin - 1] != '\n')) return {};
    const auto value = begin + name.size() + 2;
    return lines.substr(value, lines.find("\r\n", value) - value);
  }
};

class simulated_api {
 public:
  explicit simulated_api(const simulation_options& options = {}) : service_(options) {}

  api_answer post(std::string_view target, std::string_view body, std::string_view fault = {}) {
    return send("POST", target, body, fault);
  }

  api_answer chat(std::string_view body, std::string_view fault = {}) {
    return post("/v1/chat/completions", body, fault);
  }

  api_answer post(std::string_view target, const form_body& form) {
    const auto before = std::exchange(content_type, form.content_type());
    auto answer = post(target, form.text());
    content_type = before;
    return answer;
  }

  api_answer get(std::string_view target) { return send("GET", target, "", ""); }

  api_answer send(std::string_view method, std::string_view target, std::string_view body,
                  std::string_view fault) {
    simulator_detail::sim_request request{method, target, body, {}};
    if (!authorization.empty()) request.headers.push_back({"Authorization", authorization});
    if (!api_key.empty()) request.headers.push_back({"api-key", api_key});
    if (!content_type.empty()) request.headers.push_back({"Content-Type", content_type});
    if (!fault.empty()) request.headers.push_back({"X-Simulate-Fault", fault});
    if (!range.empty()) request.headers.push_back({"Range", range});
    api_answer answer;
    answer.raw = service_.handle(request, now);
    boost::json::error_code ec;
    answer.json = boost::json::parse(answer.raw.body, ec);
    return answer;
  }

  /// Lets `time` pass and does what is due on the batches by then.
  void pass(duration time) {
    now += time;
    while (service_.work(now)) {
    }
  }

  /// The answer goes out, now.
  void deliver(const api_answer& answer) { service_.leave(answer.raw.leaving, now); }

  simulator_counters counters() const { return service_.books().snapshot(); }

  std::string authorization = "Bearer sk-anything";
  std::string api_key;  // in Azure's header
  std::string content_type = "application/json";
  std::string range;
  time_point now = time_point(std::chrono::hours(1));

 private:
  simulator_detail::service service_;
};

/// A chat body with one user message and `more` members, e.g. R"("n":2)".
/// A text of so many tokens, by count and by estimate: each has four characters.
inline std::string text_of_tokens(std::size_t tokens) {
  std::string text;
  for (std::size_t i = 0; i < tokens; ++i) text += " the";
  return text;
}

inline std::string chat_body(std::string_view user, std::string_view more = {}) {
  std::string out = R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":)";
  out += boost::json::serialize(boost::json::string(user));
  out += "}]";
  if (!more.empty()) out.append(",").append(more);
  return out + "}";
}

}  // namespace batchmill::testing
