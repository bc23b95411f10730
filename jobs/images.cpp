#include "jobs/images.hpp"

#include <array>
#include <utility>

#include "batchmill/json_text.hpp"
#include "jobs/answer.hpp"
#include "jobs/answer_file.hpp"
#include "jobs/base64_text.hpp"
#include "jobs/endpoint.hpp"
#include "jobs/form.hpp"
#include "jobs/plain.hpp"
#include "jobs/row_file.hpp"
#include "jobs/row_format.hpp"

namespace batchmill::jobs {

namespace {

constexpr std::array<std::string_view, 3> file_names = {"image", "image[]", "mask"};
constexpr form_rules rules{file_names, 50 * 1024 * 1024};  // the API's own bound

/// The images of an answer as artifacts; in its text a description takes the place of their bytes.
class image_reader {
 public:
  explicit image_reader(std::string_view body) : body_(body) {}

  /// Nothing when an image is no base64.
  std::optional<reading> read() {
    json::for_each_element(json::member(body_, "data").value_or(""), [&](std::string_view image) {
      json::for_each_member(image, [&](std::string_view key, std::string_view value) {
        if (json::kind_of(value) != json::kind::string) return true;
        if (json::key_is(key, "b64_json")) take(key, value);
        if (json::key_is(key, "url")) note_address(value);
        return true;
      });
      ++images_;
      return true;
    });
    if (broken_) return std::nullopt;
    result_.body.append(body_, taken_);
    result_.kind = answer_kind::success;
    return std::move(result_);
  }

  std::size_t images() const { return images_; }

  /// The addresses, where images came so.
  std::string text() const {
    if (urls_.empty()) return "null";
    return images_ == 1 ? urls_ : "[" + urls_ + "]";
  }

 private:
  void take(std::string_view key, std::string_view value) {
    auto bytes = from_base64(json::unquote(value).value_or("?"));
    if (!bytes) {
      broken_ = true;
      return;
    }
    const auto at = static_cast<std::size_t>(key.data() - body_.data());
    result_.body.append(body_, taken_, at - taken_).append(R"("artifact":)");
    taken_ = static_cast<std::size_t>(value.data() - body_.data()) + value.size();
    const std::string suffix = file_suffix(*bytes, "");
    result_.artifacts.emplace_back(result_.body.size(), suffix, std::move(*bytes));
  }

  /// The image is fetched; where it is then stands behind its address.
  void note_address(std::string_view value) {
    urls_ += (urls_.empty() ? "" : ",") + std::string(value);
    std::string address = json::unquote(value).value_or("");
    if (!address.starts_with("https://") && !address.starts_with("http://")) return;
    const std::size_t end = static_cast<std::size_t>(value.data() - body_.data()) + value.size();
    result_.body.append(body_, taken_, end - taken_);
    taken_ = end;
    result_.artifacts.emplace_back(result_.body.size(), "", "").address = std::move(address);
  }

  std::string_view body_;
  reading result_;
  std::size_t taken_ = 0;  // of the body
  std::size_t images_ = 0;
  std::string urls_;
  bool broken_ = false;
};

class images_job : public row_job {
 public:
  images_job(const job_spec& spec, row_format format)
      : spec_(spec),
        plain_(make_plain(spec, format, {.needs_model = true})),
        wants_text_(spec.output.format == output_format::text),
        generates_(short_endpoint(spec.endpoint).ends_with("/generations")) {}

  boost::system::result<prepared_request, row_failure> prepare(const row& r) const override {
    auto prepared = plain_->prepare(r);
    if (!prepared) return prepared;
    ask_for_bytes(*prepared);
    // Images to edit may be named by `images`, too, for the server to fetch: that is no form.
    if (generates_ || json::member(prepared->request.body, "images")) return prepared;
    if (!names_file(prepared->request.body, rules)) {
      return fail(r, prepared->custom_id,
                  {"missing_field", "the body has no `image`: the path of the image"});
    }
    if (auto problem = make_form(*prepared, rules, files_root(spec_, r))) {
      return fail(r, prepared->custom_id, std::move(*problem));
    }
    return prepared;
  }

  reading read(http_response response) const override {
    reading plain = plain_->read(std::move(response));
    if (plain.kind != answer_kind::success) return plain;
    image_reader images(plain.body);
    auto result = images.read();
    if (!result || images.images() == 0) {
      return malformed(quoted_beginning(plain.body),
                       result ? "it has no images in `data`" : "an image in it is no base64");
    }
    result->tokens = plain.tokens;
    result->usage = std::move(plain.usage);
    if (wants_text_) result->text = images.text();
    return std::move(*result);
  }

  std::string read_file(http_response response, artifact& file) const override {
    if (response.status != 200) return "the server answers " + std::to_string(response.status);
    const std::string type = media_type(response);
    std::string suffix = file_suffix(response.body, type);
    if (suffix == "bin" && !is_file_type(type)) {
      return "what is there is no image but '" + type + "'";
    }
    file.suffix = std::move(suffix);
    file.bytes = std::move(response.body);
    return {};
  }

 private:
  /// The addresses that DALL-E answers otherwise are good for an hour only. Other models know no
  /// such parameter.
  static void ask_for_bytes(prepared_request& prepared) {
    std::string& body = prepared.request.body;
    if (!prepared.model.starts_with("dall-e") || json::member(body, "response_format")) return;
    body.pop_back();
    body +=
        body.size() > 1 ? R"(,"response_format":"b64_json"})" : R"("response_format":"b64_json"})";
  }

  job_spec spec_;  // where the files are
  std::unique_ptr<row_job> plain_;
  bool wants_text_;
  bool generates_;
};

}  // namespace

std::unique_ptr<row_job> make_images(const job_spec& spec, row_format format) {
  return std::make_unique<images_job>(spec, format);
}

}  // namespace batchmill::jobs
