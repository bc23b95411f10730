#include "jobs/responses.hpp"

#include <utility>
#include <vector>

#include "batchmill/json_text.hpp"
#include "jobs/expectation.hpp"
#include "jobs/json_job.hpp"
#include "jobs/usage.hpp"

namespace batchmill::jobs {

namespace {

/// The server would keep every answer for a month; here it is in the output.
constexpr endpoint_traits traits{
    .needs_model = true, .output_guess = 512, .defaults = R"({"store":false})"};

/// The members of an answer that are looked at.
struct members {
  std::string_view error, status, incomplete, output, usage;
};

members members_of(std::string_view body) {
  members m;
  json::for_each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == R"("error")") m.error = value;
    if (key == R"("status")") m.status = value;
    if (key == R"("incomplete_details")") m.incomplete = value;
    if (key == R"("output")") m.output = value;
    if (key == R"("usage")") m.usage = value;
    return true;
  });
  return m;
}

/// What the messages of an answer say, raw. Reasoning and calls of tools are no messages.
struct spoken {
  std::string text;     // inside of its quotes, still escaped
  std::string refusal;  // likewise
  bool any_text = false;
  bool any_refusal = false;
};

void add_part(std::string_view part, spoken& all) {
  const std::string type = text_of(part, "type");
  const std::string_view raw =
      json::member(part, type == "refusal" ? "refusal" : "text").value_or("");
  if (json::kind_of(raw) != json::kind::string) return;
  const std::string_view inner = raw.substr(1, raw.size() - 2);
  if (type == "refusal") {
    all.refusal += inner;
    all.any_refusal = true;
  } else if (type == "output_text") {
    all.text += inner;
    all.any_text = true;
  }
}

spoken spoken_in(std::string_view output) {
  spoken all;
  json::for_each_element(output, [&](std::string_view item) {
    if (text_of(item, "type") != "message") return true;
    json::for_each_element(json::member(item, "content").value_or(""), [&](std::string_view part) {
      add_part(part, all);
      return true;
    });
    return true;
  });
  return all;
}

std::string quoted(const std::string& escaped) {
  return "\"" + escaped + "\"";
}

/// The text, the refusal when there is no text.
std::string answer_text(const spoken& all) {
  if (all.any_text) return quoted(all.text);
  return all.any_refusal ? quoted(all.refusal) : "null";
}

std::vector<utterance> said_by(const spoken& all) {
  if (!all.any_text && !all.any_refusal) return {};
  utterance one;
  one.text = json::unquote(quoted(all.text)).value_or("");
  one.refusal = json::unquote(quoted(all.refusal)).value_or("");
  return {one};
}

/// Success by its HTTP status is none before the answer is complete.
void refuse_status(const members& m, reading& r) {
  const std::string status = json::unquote(m.status).value_or("");
  if (status.empty() || status == "completed") return;
  r.kind = answer_kind::row_failed;
  r.code = status;
  if (status == "incomplete") {
    const std::string reason = text_of(m.incomplete, "reason");
    r.code = reason.empty() ? status : status + "_" + reason;
    r.message = "the answer is incomplete: " + (reason.empty() ? "no reason is given" : reason);
  } else if (status == "queued" || status == "in_progress") {
    r.message = "the answer is not ready but '" + status +
                "'; remove `background`, so that the server answers at once";
  } else {
    r.message = "the answer's status is '" + status + "'";
  }
}

class responses_job : public json_job {
 public:
  responses_job(const job_spec& spec, row_format format)
      : json_job(spec, format, traits), expectation_(spec) {}

 private:
  reading read_success(int status, std::string body) const override {
    const members m = members_of(body);
    if (is_given(m.error)) return read_inner_error(status, std::move(body), judge());
    if (json::kind_of(m.output) != json::kind::array) {
      return malformed(std::move(body), "it has no `output`");
    }
    reading result;
    result.kind = answer_kind::success;
    result.tokens = read_usage(m.usage);
    judge_status(m, result);
    result.body = std::move(body);
    return result;
  }

  void judge_status(const members& m, reading& result) const {
    refuse_status(m, result);
    if (!wants_text() && !expectation_.given()) return;
    const spoken all = spoken_in(m.output);
    if (wants_text()) {
      result.text = answer_text(all);
      result.usage = m.usage;
    }
    if (!expectation_.given()) return;
    if (result.kind == answer_kind::success) expectation_.apply(said_by(all), result);
    // It was paid for and may come out shorter when asked for again.
    if (result.code.starts_with("incomplete")) result.kind = answer_kind::unexpected;
  }

  expectation expectation_;
};

}  // namespace

std::unique_ptr<row_job> make_responses(const job_spec& spec, row_format format) {
  return std::make_unique<responses_job>(spec, format);
}

}  // namespace batchmill::jobs
