// A job whose rows are their own bodies, and whose answers say by their status what they mean. A
// row "model: ..." is for that model, a row "upload PATH" takes a file of one byte with it.
#pragma once

#include <string>

#include "batchmill/job.hpp"

namespace batchmill::testing {

class echo_job final : public row_job {
 public:
  boost::system::result<prepared_request, row_failure> prepare(const row& r) const override {
    const std::string id = '"' + std::to_string(r.index) + '"';
    if (r.text == "bad") return row_failure(id, "invalid_row", "the row is bad");
    prepared_request prepared;
    prepared.custom_id = id;
    prepared.prompt_tokens = 10;
    prepared.model = r.text.substr(0, r.text.find(':') + 1);
    prepared.request = http_request("POST", "/v1/echo", r.text);
    if (r.text.starts_with("upload "))
      prepared.request.uploads.emplace_back(0, r.text.substr(7), 1);
    return prepared;
  }

  reading read(http_response response) const override {
    reading what;
    what.kind = kind_of(response.status);
    what.body = std::move(response.body);
    const bool paid = what.kind == answer_kind::success || what.kind == answer_kind::unexpected;
    if (paid) what.tokens.total = 10;
    if (what.kind != answer_kind::success) {
      what.code = "code_" + std::to_string(response.status);
      what.message = "the server said " + std::to_string(response.status);
      what.advice = "do something";
    }
    return what;
  }

 private:
  static answer_kind kind_of(int status) {
    switch (status) {
      case 200:
        return answer_kind::success;
      case 202:
        return answer_kind::unexpected;
      case 401:
        return answer_kind::run_stopped;
      case 429:
        return answer_kind::rate_limited;
      case 500:
        return answer_kind::transient;
      case 503:
        return answer_kind::overloaded;
      default:
        return answer_kind::row_failed;
    }
  }
};

}  // namespace batchmill::testing
