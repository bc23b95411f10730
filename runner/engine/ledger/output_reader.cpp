#include "runner/engine/ledger/output_reader.hpp"

#include <fmt/format.h>

#include "batchmill/json_text.hpp"

namespace batchmill {
namespace {

std::int64_t number(std::string_view object, std::string_view key) {
  const auto raw = json::member(object, key);
  return raw ? json::integer(*raw).value_or(0) : 0;
}

std::int64_t first_number(std::string_view object, std::string_view key, std::string_view other) {
  return json::member(object, key) ? number(object, key) : number(object, other);
}

std::string text(std::string_view object, std::string_view key) {
  const auto raw = json::member(object, key);
  return raw ? json::unquote(*raw).value_or("") : "";
}

/// Both generations of the API's names: prompt_tokens (chat) and input_tokens (responses).
token_usage tokens_of(std::string_view usage) {
  token_usage t;
  t.prompt = first_number(usage, "prompt_tokens", "input_tokens");
  t.completion = first_number(usage, "completion_tokens", "output_tokens");
  t.total = number(usage, "total_tokens");
  for (const char* name : {"prompt_tokens_details", "input_tokens_details"}) {
    if (const auto details = json::member(usage, name))
      t.cached = number(*details, "cached_tokens");
  }
  for (const char* name : {"completion_tokens_details", "output_tokens_details"}) {
    const auto details = json::member(usage, name);
    if (details) t.reasoning = number(*details, "reasoning_tokens");
  }
  return t;
}

std::string http_reason(std::int64_t status, std::string_view body) {
  const auto error = json::member(body, "error");
  if (!error) return std::to_string(status);
  std::string code = text(*error, "code");
  if (code.empty()) code = text(*error, "type");
  return code.empty() ? std::to_string(status) : fmt::format("{} {}", status, code);
}

void read_response(std::string_view response, finished_row& row) {
  const std::int64_t status = number(response, "status_code");
  const std::string_view body = json::member(response, "body").value_or("null");
  const auto error = json::member(body, "error");
  row.ok = status >= 200 && status < 300 && json::kind_of(body) == json::kind::object &&
           (!error || *error == "null");
  if (!row.ok) row.reason = http_reason(status, body);
  if (const auto usage = json::member(body, "usage")) row.tokens = tokens_of(*usage);
}

/// An answer that came and could not be used.
void refuse_answer(std::string_view error, std::string_view response, finished_row& row) {
  row.ok = false;
  row.reason = fmt::format("{} {}", number(response, "status_code"), text(error, "code"));
}

bool given(const std::optional<std::string_view>& raw) {
  return raw && *raw != "null";
}

}  // namespace

finished_row read_output_line(std::string_view line, output_format format) {
  finished_row row;
  row.attempts = 1;
  const auto error = json::member(line, "error");
  const auto response = json::member(line, "response");
  const auto usage = json::member(line, "usage");
  if (given(response)) {
    read_response(*response, row);
    if (given(error)) refuse_answer(*error, *response, row);
  } else if (given(error)) {
    row.reason = text(*error, "code");
    row.attempts = 0;
  } else {
    row.ok = format != output_format::batch && format != output_format::full;
  }
  if (format == output_format::text && given(usage)) row.tokens = tokens_of(*usage);
  return row;
}

std::string relabelled(std::string_view line, output_format format, std::uint64_t index,
                       std::string_view custom_id, std::string_view input) {
  std::string out;
  out.reserve(line.size() + custom_id.size());
  json::for_each_member(line, [&](std::string_view key, std::string_view value) {
    out += out.empty() ? '{' : ',';
    out += key;
    out += ':';
    if (key == R"("id")" && format != output_format::text) {
      out += fmt::format(R"("batch_req_{}")", index);
    } else if (key == R"("custom_id")") {
      out += custom_id;
    } else if (key == R"("input")" && format == output_format::full) {
      out += input;
    } else {
      out += value;
    }
    return true;
  });
  out += '}';
  return out;
}

}  // namespace batchmill
