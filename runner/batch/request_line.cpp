#include "runner/batch/request_line.hpp"

#include <charconv>

#include "batchmill/json_text.hpp"

namespace batchmill {
namespace {

constexpr std::string_view id_begin = "row-";
constexpr std::string_view body_begin = R"(,"body":)";

}  // namespace

std::string batch_id_of(std::uint64_t row) {
  return std::string(id_begin) + std::to_string(row);
}

std::optional<std::uint64_t> row_of_batch_id(std::string_view id) {
  if (!id.starts_with(id_begin)) return std::nullopt;
  id.remove_prefix(id_begin.size());
  std::uint64_t row = 0;
  const auto [end, problem] = std::from_chars(id.data(), id.data() + id.size(), row);
  if (problem != std::errc() || end != id.data() + id.size()) return std::nullopt;
  return row;
}

std::string request_line(std::uint64_t row, std::string_view endpoint, std::string_view body) {
  std::string line = R"({"custom_id":")" + batch_id_of(row) + R"(","method":"POST","url":)";
  line.reserve(line.size() + endpoint.size() + body.size() + 16);
  line += json::quote(endpoint);
  line.append(body_begin).append(body).append("}\n");
  return line;
}

std::string_view body_of_request_line(std::string_view line) {
  // Neither the id nor the endpoint can hold these bytes: their quotes would be escaped.
  const std::size_t at = line.find(body_begin);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + body_begin.size());
  return line.substr(0, line.rfind('}'));
}

}  // namespace batchmill
