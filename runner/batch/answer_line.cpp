#include "runner/batch/answer_line.hpp"

#include <utility>

#include "batchmill/json_text.hpp"
#include "runner/batch/request_line.hpp"

namespace batchmill {
namespace {

std::string text_of(std::string_view object, std::string_view key) {
  const auto raw = json::member(object, key);
  return raw ? json::unquote(*raw).value_or("") : "";
}

/// A response's id comes as a member here, as a header elsewhere.
std::string head_with_id(const std::string& request_id) {
  const bool plain = request_id.find_first_of("\r\n") == std::string::npos;
  return request_id.empty() || !plain ? "" : "x-request-id: " + request_id + "\r\n";
}

std::optional<http_response> read_response(std::string_view object) {
  const auto status = json::integer(json::member(object, "status_code").value_or(""));
  const auto body = json::member(object, "body");
  if (!status || *status < 100 || *status > 599 || !body) return std::nullopt;
  return http_response(static_cast<int>(*status), head_with_id(text_of(object, "request_id")),
                       std::string(*body));
}

}  // namespace

std::optional<std::uint64_t> row_of_answer_line(std::string_view line) {
  if (json::validate(line)) return std::nullopt;
  const auto id = json::member(line, "custom_id");
  if (!id) return std::nullopt;
  return row_of_batch_id(json::unquote(*id).value_or(""));
}

std::optional<answer_line> read_answer_line(std::string_view line) {
  const auto row = row_of_answer_line(line);
  if (!row) return std::nullopt;
  answer_line read;
  read.row = *row;
  const std::string_view response = json::member(line, "response").value_or("null");
  if (json::kind_of(response) == json::kind::object) {
    read.response = read_response(response);
    return read.response ? std::optional(std::move(read)) : std::nullopt;
  }
  const std::string_view error = json::member(line, "error").value_or("null");
  read.code = text_of(error, "code");
  read.message = text_of(error, "message");
  if (read.code.empty()) read.code = "batch_error";
  return read;
}

}  // namespace batchmill
