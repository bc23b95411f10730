#include "jobs/chat.hpp"

#include <utility>

#include "batchmill/json_text.hpp"
#include "jobs/answer.hpp"
#include "jobs/request_builder.hpp"
#include "jobs/usage.hpp"

namespace batchmill::jobs {

namespace {

/// Without a bound in the body, an answer may take thousands of tokens, but most take a few
/// hundred. Real usage corrects the rate limiter afterwards.
constexpr endpoint_traits traits{.needs_model = true, .output_guess = 512};

/// Raw JSON of what the model said first: its content, its refusal when there is no content.
std::string answer_text(std::string_view choices) {
  std::string_view first;
  json::for_each_element(choices, [&](std::string_view choice) {
    first = choice;
    return false;
  });
  const std::string_view message = json::member(first, "message").value_or("");
  const std::string_view content = json::member(message, "content").value_or("null");
  if (json::kind_of(content) != json::kind::null) return std::string(content);
  return std::string(json::member(message, "refusal").value_or("null"));
}

class chat_job : public row_job {
 public:
  chat_job(const job_spec& spec, row_format format)
      : builder_(spec, format, traits),
        judge_(spec, format),
        wants_text_(spec.output.format == output_format::text) {}

  boost::system::result<prepared_request, row_failure> prepare(const row& r) const override {
    return builder_.prepare(r);
  }

  reading read(http_response response) const override {
    if (response.status < 200 || response.status > 299) return read_failure(response, judge_);
    std::string body;
    if (const auto fault = json::minify(response.body, body)) {
      return malformed(quoted_beginning(response.body), std::string("it is no JSON: ") +
                                                            fault->what + " at byte " +
                                                            std::to_string(fault->offset));
    }
    return read_success(response.status, std::move(body));
  }

 private:
  reading read_success(int status, std::string body) const {
    std::string_view error, choices, usage;
    json::for_each_member(body, [&](std::string_view key, std::string_view value) {
      if (key == R"("choices")") choices = value;
      if (key == R"("usage")") usage = value;
      if (key == R"("error")") error = value;
      return true;
    });
    if (error.data() != nullptr && json::kind_of(error) != json::kind::null) {
      const api_error e = read_api_error(body);
      return judge_.judge(status, e, std::move(body));
    }
    if (json::kind_of(choices) != json::kind::array) {
      return malformed(std::move(body), "it has no `choices`");
    }
    reading result;
    result.kind = answer_kind::success;
    result.tokens = read_usage(usage);
    if (wants_text_) {
      result.text = answer_text(choices);
      result.usage = usage;
    }
    result.body = std::move(body);
    return result;
  }

  request_builder builder_;
  failure_judge judge_;
  bool wants_text_;
};

}  // namespace

std::unique_ptr<row_job> make_chat(const job_spec& spec, row_format format) {
  return std::make_unique<chat_job>(spec, format);
}

}  // namespace batchmill::jobs
