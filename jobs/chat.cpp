#include "jobs/chat.hpp"

#include <utility>
#include <vector>

#include "batchmill/json_text.hpp"
#include "batchmill/json_walk.hpp"
#include "jobs/expectation.hpp"
#include "jobs/json_job.hpp"
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

/// Every choice is something said.
std::vector<utterance> said_in(std::string_view choices) {
  std::vector<utterance> said;
  json::for_each_element(choices, [&](std::string_view choice) {
    const std::string_view message = json::member(choice, "message").value_or("");
    utterance& one = said.emplace_back();
    one.text = text_of(message, "content");
    one.refusal = text_of(message, "refusal");
    const std::string finish = text_of(choice, "finish_reason");
    if (finish == "length" || finish == "content_filter") one.cut = finish;
    return true;
  });
  return said;
}

class chat_job : public json_job {
 public:
  chat_job(const job_spec& spec, row_format format)
      : json_job(spec, format, traits), expectation_(spec) {}

 private:
  reading read_success(int status, std::string body) const override {
    std::string_view error, choices, usage;
    reading result;
    const char* const end = body.data() + body.size();
    json::walk_members(body.data(), end, [&](std::string_view key, const char* p) {
      const bool is_usage = key == R"("usage")";
      const char* stop = is_usage ? read_usage(p, end, result.tokens) : json::behind_value(p, end);
      const std::string_view value(p, static_cast<std::size_t>(stop - p));
      if (is_usage) usage = value;
      if (key == R"("choices")") choices = value;
      if (key == R"("error")") error = value;
      return stop;
    });
    if (is_given(error)) return read_inner_error(status, std::move(body), judge());
    if (json::kind_of(choices) != json::kind::array) {
      return malformed(std::move(body), "it has no `choices`");
    }
    result.kind = answer_kind::success;
    if (wants_text()) {
      result.text = answer_text(choices);
      result.usage = usage;
    }
    if (expectation_.given()) expectation_.apply(said_in(choices), result);
    result.body = std::move(body);
    return result;
  }

  expectation expectation_;
};

}  // namespace

std::unique_ptr<row_job> make_chat(const job_spec& spec, row_format format) {
  return std::make_unique<chat_job>(spec, format);
}

}  // namespace batchmill::jobs
