#include "jobs/transcriptions.hpp"

#include <array>
#include <utility>

#include "batchmill/json_text.hpp"
#include "jobs/answer.hpp"
#include "jobs/answer_file.hpp"
#include "jobs/form.hpp"
#include "jobs/plain.hpp"
#include "jobs/row_file.hpp"
#include "jobs/row_format.hpp"

namespace batchmill::jobs {

namespace {

constexpr std::array<std::string_view, 1> file_names = {"file"};
constexpr form_rules rules{file_names, 25 * 1024 * 1024};  // the API's own bound

class transcriptions_job : public row_job {
 public:
  transcriptions_job(const job_spec& spec, row_format format)
      : spec_(spec),
        plain_(make_plain(spec, format, {.needs_model = true})),
        wants_text_(spec.output.format == output_format::text) {}

  boost::system::result<prepared_request, row_failure> prepare(const row& r) const override {
    auto prepared = plain_->prepare(r);
    if (!prepared) return prepared;
    if (!names_file(prepared->request.body, rules)) {
      return fail(r, prepared->custom_id,
                  {"missing_field", "the body has no `file`: the path of the recording"});
    }
    if (auto problem = make_form(*prepared, rules, files_root(spec_, r))) {
      return fail(r, prepared->custom_id, std::move(*problem));
    }
    return prepared;
  }

  /// Subtitles and plain text come as they are, and may look like JSON: "42".
  reading read(http_response response) const override {
    const bool is_text = media_type(response).starts_with("text/") &&
                         media_type(response) != "text/html" && !response.body.starts_with('{');
    if (response.status >= 200 && response.status <= 299 && is_text) {
      return read_text(response.body);
    }
    reading result = plain_->read(std::move(response));
    if (wants_text_ && result.kind == answer_kind::success) {
      if (const auto text = json::member(result.body, "text")) result.text = std::string(*text);
    }
    return result;
  }

 private:
  reading read_text(std::string_view body) const {
    reading result;
    result.kind = answer_kind::success;
    result.body = json::quote(body);
    if (wants_text_) result.text = result.body;
    return result;
  }

  job_spec spec_;  // where the files are
  std::unique_ptr<row_job> plain_;
  bool wants_text_;
};

}  // namespace

std::unique_ptr<row_job> make_transcriptions(const job_spec& spec, row_format format) {
  return std::make_unique<transcriptions_job>(spec, format);
}

}  // namespace batchmill::jobs
