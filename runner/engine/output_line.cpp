#include "runner/engine/output_line.hpp"

#include <fmt/format.h>

#include "batchmill/json_text.hpp"

namespace batchmill {
namespace {

/// Ids and codes are plain mostly, and can be taken as they are.
void append_quoted(std::string_view text, std::string& line) {
  const char* end = text.data() + text.size();
  if (json::detail::best_scan::plain<false>(text.data(), end, nullptr) != end) {
    line += json::quote(text);
    return;
  }
  line += '"';
  line += text;
  line += '"';
}

void append_error(const outcome& result, std::string& line) {
  line += R"({"code":)";
  append_quoted(result.error_code, line);
  line += R"(,"message":)";
  append_quoted(result.error_message, line);
  line += '}';
}

void append_response(const outcome& result, std::string& line) {
  line += R"({"status_code":)";
  line += std::to_string(result.status);
  line += R"(,"request_id":)";
  if (result.request_id.empty()) {
    line += "null";
  } else {
    append_quoted(result.request_id, line);
  }
  line += R"(,"body":)";
  line += result.body;
  line += '}';
}

/// {"id","custom_id","response":{"status_code","request_id","body"},"error"}, as the Batch API
/// writes it: an HTTP failure stands in `response`, any other failure in `error`. An answer that
/// cannot be used stands in both.
std::string batch_line(std::uint64_t index, const outcome& result) {
  std::string line;
  line.reserve(result.body.size() + result.input.size() + 192);
  line += R"({"id":"batch_req_)";
  line += std::to_string(index);
  line += R"(","custom_id":)";
  line += result.custom_id;
  line += R"(,"response":)";
  if (result.status != 0) {
    append_response(result, line);
  } else {
    line += "null";
  }
  line += R"(,"error":)";
  const bool answered = result.status >= 200 && result.status < 300;
  if (result.status == 0 || (answered && !result.ok)) {
    append_error(result, line);
  } else {
    line += "null";
  }
  if (!result.input.empty()) {
    line += R"(,"input":)";
    line += result.input;
  }
  line += '}';
  return line;
}

std::string text_line(const outcome& result) {
  std::string line = R"({"custom_id":)" + result.custom_id;
  if (!result.members.empty()) return line + ',' + result.members + '}';
  line += R"(,"text":)" + (result.text.empty() ? "null" : result.text);
  line += R"(,"usage":)" + (result.usage.empty() ? "null" : result.usage);
  if (!result.ok) {
    line += R"(,"error":)";
    append_error(result, line);
  }
  line += '}';
  return line;
}

/// Of a matrix the line says whose the row is, and why there is none.
std::string vector_line(const outcome& result, bool in_matrix) {
  std::string line = R"({"custom_id":)" + result.custom_id;
  if (!result.ok) {
    line += R"(,"error":)";
    append_error(result, line);
  } else if (!in_matrix) {
    line += R"(,"embedding":)" + result.text;
  }
  line += '}';
  return line;
}

}  // namespace

std::string format_output_line(std::uint64_t index, const outcome& result, output_format format) {
  switch (format) {
    case output_format::text:
      return text_line(result);
    case output_format::vectors:
      return vector_line(result, false);
    case output_format::npy:
      return vector_line(result, true);
    case output_format::batch:
    case output_format::full:
      break;
  }
  return batch_line(index, result);
}

std::string failure_reason(const outcome& result) {
  if (result.status == 0) return result.error_code;
  if (result.error_code.empty()) return std::to_string(result.status);
  return fmt::format("{} {}", result.status, result.error_code);
}

}  // namespace batchmill
