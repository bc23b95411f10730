#include "jobs/plain.hpp"

#include <utility>

#include "batchmill/json_text.hpp"
#include "jobs/answer_file.hpp"
#include "jobs/json_job.hpp"
#include "jobs/usage.hpp"

namespace batchmill::jobs {

namespace {

reading success(std::string body) {
  reading result;
  result.kind = answer_kind::success;
  result.body = std::move(body);
  return result;
}

class plain_job : public json_job {
 public:
  plain_job(const job_spec& spec, row_format format, endpoint_traits traits)
      : json_job(spec, format, traits), answers_file_(traits.answers_file) {}

  reading read(http_response response) const override {
    if (response.status < 200 || response.status > 299) return read_failure(response, judge());
    const std::string type = media_type(response);
    if (response.body.empty()) return malformed("null", "it is empty");
    if (is_file_type(type)) return read_file_answer(std::move(response));
    std::string body;
    const auto fault = json::minify(response.body, body);
    if (!fault) return read_success(response.status, std::move(body));
    if (type.starts_with("text/") && type != "text/html") return read_text(response);
    // Error pages of gateways are no files.
    if (type != "text/html" && (answers_file_ || type == "application/octet-stream")) {
      return read_file_answer(std::move(response));
    }
    return malformed(quoted_beginning(response.body), std::string("it is neither text nor JSON: ") +
                                                          fault->what + " at byte " +
                                                          std::to_string(fault->offset));
  }

 private:
  /// Some endpoints answer in plain text. It is passed on whole, as a JSON string.
  reading read_text(const http_response& response) const {
    reading result = success(json::quote(response.body));
    if (wants_text()) result.text = result.body;
    return result;
  }

  reading read_success(int status, std::string body) const override {
    std::string_view error, usage;
    json::for_each_member(body, [&](std::string_view key, std::string_view value) {
      if (key == R"("usage")") usage = value;
      if (key == R"("error")") error = value;
      return true;
    });
    if (is_given(error)) return read_inner_error(status, std::move(body), judge());
    const token_usage tokens = read_usage(usage);
    const std::string raw_usage(wants_text() ? usage : "");
    reading result = success(std::move(body));
    result.tokens = tokens;
    result.usage = raw_usage;
    if (wants_text()) result.text = result.body;
    return result;
  }

  bool answers_file_;
};

}  // namespace

std::unique_ptr<row_job> make_plain(const job_spec& spec, row_format format,
                                    endpoint_traits traits) {
  return std::make_unique<plain_job>(spec, format, traits);
}

}  // namespace batchmill::jobs
