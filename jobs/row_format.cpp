#include "jobs/row_format.hpp"

#include <optional>
#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/did_you_mean.hpp"
#include "jobs/endpoint.hpp"
#include "jobs/row_file.hpp"

namespace batchmill::jobs {

namespace {

/// Strings stay as they are, numbers become their text; nothing else is an id.
std::optional<std::string> id_of(std::string_view raw) {
  if (json::kind_of(raw) == json::kind::string) return std::string(raw);
  if (json::kind_of(raw) == json::kind::number) return "\"" + std::string(raw) + "\"";
  return std::nullopt;
}

/// Fields of the user's own, put into the spec's template.
class rows_reader : public row_reader {
 public:
  rows_reader(const job_spec& spec, std::string id) : id_(std::move(id)), template_(spec, fields_) {
    if (!id_.empty()) id_field_ = fields_.add(id_);
    places_.file = spec.file;
    places_.input.files_root = spec.input.files_root;
  }

  row_result read(std::string text, const row& r) const override {
    const auto values = fields_.find(text);
    row_content content;
    if (id_.empty()) {
      content.custom_id = number_id(r);
    } else {
      auto id = id_of(values[id_field_]);
      if (!id) return fail(r, number_id(r), no_id(text, values[id_field_]));
      content.custom_id = std::move(*id);
    }
    content.body.reserve(text.size() + template_.size());
    const std::string root = template_.takes_files() ? files_root(places_, r) : "";
    if (auto problem = template_.render(text, values, root, content.body)) {
      return fail(r, std::move(content.custom_id), std::move(*problem));
    }
    return content;
  }

 private:
  row_problem no_id(std::string_view text, std::string_view value) const {
    if (value.data() != nullptr) {
      return {"missing_field", "the field '" + id_ +
                                   "', named by `input.id`, must be a string or a "
                                   "number to be the row's id"};
    }
    return {"missing_field", "no field '" + id_ + "', which `input.id` names as the row's id" +
                                 did_you_mean(id_, names_of(text))};
  }

  field_set fields_;
  std::string id_;
  std::size_t id_field_ = 0;
  body_template template_;
  job_spec places_;  // of the spec, what says where files are
};

/// A request body, perhaps with members that are for us and not for the API.
class bodies_reader : public row_reader {
 public:
  explicit bodies_reader(const job_spec& spec) {
    const std::string_view endpoint = short_endpoint(spec.endpoint);
    // Elsewhere the API has no such parameter, but the cookbook's parallel processor accepts it.
    takes_metadata_ = endpoint.ends_with("/chat/completions") || endpoint.ends_with("/responses");
  }

  row_result read(std::string text, const row& r) const override {
    row_content content;
    content.custom_id = number_id(r);
    std::optional<std::string_view> id;
    std::size_t removed = 0;
    json::for_each_member(text, [&](std::string_view key, std::string_view value) {
      if (json::key_is(key, "custom_id")) id = value;
      removed += is_ours(key) ? 1 : 0;
      return true;
    });
    if (id) {
      auto custom_id = id_of(*id);
      if (!custom_id) {
        return fail(r, std::move(content.custom_id),
                    {"invalid_row", "`custom_id` must be a string or a number"});
      }
      content.custom_id = std::move(*custom_id);
    }
    content.body = removed == 0 ? std::move(text) : without_ours(text);
    return content;
  }

 private:
  bool is_ours(std::string_view key) const {
    return json::key_is(key, "custom_id") || (!takes_metadata_ && json::key_is(key, "metadata"));
  }

  std::string without_ours(std::string_view text) const {
    std::string body;
    body.reserve(text.size());
    body += '{';
    json::for_each_member(text, [&](std::string_view key, std::string_view value) {
      if (is_ours(key)) return true;
      if (body.size() > 1) body += ',';
      body.append(key).append(":").append(value);
      return true;
    });
    body += '}';
    return body;
  }

  bool takes_metadata_ = false;
};

/// A line of the Batch API's input format.
class batch_reader : public row_reader {
 public:
  explicit batch_reader(const job_spec& spec)
      : endpoint_(spec.endpoint), method_(spec.method == request_method::get ? "GET" : "POST") {
    if (!spec.file.empty()) spec_name_ = " of " + spec.file;
  }

  row_result read(std::string text, const row& r) const override {
    line l;
    json::for_each_member(text, [&](std::string_view key, std::string_view value) {
      if (key == R"("custom_id")") l.custom_id = value;
      if (key == R"("method")") l.method = value;
      if (key == R"("url")") l.url = value;
      if (key == R"("body")") l.body = value;
      return true;
    });
    auto id = id_of(l.custom_id);
    if (!id) return fail(r, number_id(r), no_id(text, l));
    if (auto problem = check(l)) return fail(r, std::move(*id), std::move(*problem));
    row_content content;
    content.custom_id = std::move(*id);
    content.body = l.body;
    return content;
  }

 private:
  struct line {
    std::string_view custom_id, method, url, body;
  };

  static row_problem no_id(std::string_view text, const line& l) {
    if (l.custom_id.data() != nullptr) return {"invalid_row", "`custom_id` must be a string"};
    return {"missing_field", "no `custom_id`, which a line of the Batch API must have" +
                                 did_you_mean("custom_id", names_of(text))};
  }

  std::optional<row_problem> check(const line& l) const {
    if (json::unquote(l.method) != method_) {
      return row_problem("invalid_row", "`method` must be \"" + method_ + "\"");
    }
    const auto url = json::unquote(l.url);
    if (!url || short_endpoint(*url) != short_endpoint(endpoint_)) {
      return row_problem("invalid_row", "`url` is " + (url ? "'" + *url + "'" : "missing") +
                                            ", but the endpoint" + spec_name_ + " is '" +
                                            endpoint_ + "'");
    }
    if (json::kind_of(l.body) != json::kind::object) {
      return row_problem("invalid_row", "`body` must be an object: the request body");
    }
    return std::nullopt;
  }

  std::string endpoint_;
  std::string method_;
  std::string spec_name_;
};

const char* name_of(row_format format) {
  if (format == row_format::files) return "files";
  return format == row_format::bodies ? "bodies" : "batch";
}

void check_format(const job_spec& spec, row_format format) {
  const bool has_template = !spec.body_template.text.empty();
  if (format == row_format::rows) {
    // Sent as they are, placeholders there would reach the server unseen.
    if (spec.parameters.text.find("{{") != std::string::npos) {
      throw usage_error(spec.where("parameters") +
                        ": placeholders are filled in `template` only; move this key there");
    }
    if (has_template) return;
    throw usage_error(spec.where("input") +
                      ": input rows need a `template` that makes a request "
                      "body of their fields");
  }
  if (format == row_format::files) return;
  if (has_template) {
    throw usage_error(spec.where("template") +
                      ": `template` is for rows of fields, but the input "
                      "format is `" +
                      name_of(format) + "`; remove one of them");
  }
  if (!spec.input.id.empty()) {
    throw usage_error(spec.where("input.id") +
                      ": `input.id` is for rows of fields; lines of the "
                      "format `" +
                      name_of(format) + "` name themselves by `custom_id`");
  }
}

}  // namespace

std::unique_ptr<row_reader> make_row_reader(const job_spec& spec, row_format format) {
  check_format(spec, format);
  if (format == row_format::rows) return std::make_unique<rows_reader>(spec, spec.input.id);
  if (format == row_format::files && !spec.body_template.text.empty()) {
    return std::make_unique<rows_reader>(spec, "custom_id");
  }
  if (format == row_format::files) return std::make_unique<bodies_reader>(spec);
  if (format == row_format::bodies) return std::make_unique<bodies_reader>(spec);
  return std::make_unique<batch_reader>(spec);
}

std::string number_id(const row& r) {
  return "\"" + std::to_string(r.index) + "\"";
}

std::string place(const row& r) {
  const std::string file = r.file ? *r.file : "input";
  return r.line == 0 ? file : file + ":" + std::to_string(r.line);
}

row_failure fail(const row& r, std::string custom_id, row_problem problem) {
  return {std::move(custom_id), std::move(problem.code), place(r) + ": " + problem.sentence};
}

}  // namespace batchmill::jobs
