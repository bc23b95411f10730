#include "jobs/completions.hpp"

#include <utility>

#include "batchmill/json_text.hpp"
#include "jobs/answer.hpp"
#include "jobs/request_builder.hpp"
#include "jobs/usage.hpp"

namespace batchmill::jobs {

namespace {

constexpr endpoint_traits traits{.needs_model = true, .output_guess = 16};  // the API's default

/// The raw text of the only choice; of several, as several prompts have them, an array of them.
std::string answer_text(std::string_view choices) {
  std::string texts;
  std::size_t count = 0;
  json::for_each_element(choices, [&](std::string_view choice) {
    if (count++ > 0) texts += ',';
    texts += json::member(choice, "text").value_or("null");
    return true;
  });
  if (count == 0) return "null";
  return count == 1 ? texts : "[" + texts + "]";
}

class completions_job : public row_job {
 public:
  completions_job(const job_spec& spec, row_format format)
      : builder_(spec, format, traits),
        judge_(spec, format),
        wants_text_(spec.output.format == output_format::text) {}

  boost::system::result<prepared_request, row_failure> prepare(const row& r) const override {
    return builder_.prepare(r);
  }

  reading read(http_response response) const override {
    auto body = read_json_body(response, judge_);
    if (!body) return std::move(body).error();
    return read_success(response.status, std::move(*body));
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
    if (is_given(error)) return read_inner_error(status, std::move(body), judge_);
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

std::unique_ptr<row_job> make_completions(const job_spec& spec, row_format format) {
  return std::make_unique<completions_job>(spec, format);
}

}  // namespace batchmill::jobs
