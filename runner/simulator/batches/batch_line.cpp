#include "runner/simulator/batches/batch_line.hpp"

#include <fmt/format.h>

#include <utility>

#include "batchmill/json_text.hpp"

namespace batchmill::simulator_detail {

namespace {

struct members {
  std::optional<std::string_view> custom_id, method, url, body;
};

members members_of(std::string_view text) {
  members found;
  json::for_each_member(text, [&](std::string_view key, std::string_view value) {
    if (json::key_is(key, "custom_id")) found.custom_id = value;
    if (json::key_is(key, "method")) found.method = value;
    if (json::key_is(key, "url")) found.url = value;
    if (json::key_is(key, "body")) found.body = value;
    return true;
  });
  return found;
}

std::optional<batch_error> check_members(const members& m, std::int64_t number) {
  using wanted =
      std::pair<std::string_view, std::pair<std::optional<std::string_view>, json::kind>>;
  for (const auto& [name, rule] :
       {wanted{"custom_id", {m.custom_id, json::kind::string}},
        wanted{"method", {m.method, json::kind::string}},
        wanted{"url", {m.url, json::kind::string}}, wanted{"body", {m.body, json::kind::object}}}) {
    const auto& [value, kind] = rule;
    if (!value || *value == "\"\"")
      return batch_error("missing_required_parameter",
                         fmt::format("Missing required parameter: '{}'.", name), number);
    if (json::kind_of(*value) != kind)
      return batch_error("invalid_json_line",
                         fmt::format("The value of '{}' has the wrong type: expected {}.", name,
                                     kind == json::kind::string ? "a string" : "an object"),
                         number);
  }
  return {};
}

std::string model_in(std::string_view body) {
  const auto model = json::member(body, "model");
  return model ? json::unquote(*model).value_or("") : "";
}

}  // namespace

std::optional<batch_error> read_batch_line(std::string_view text, std::int64_t number,
                                           std::string_view endpoint, batch_line& line) {
  if (json::validate(text) || json::kind_of(text) != json::kind::object)
    return batch_error("invalid_json_line", "This line is not parseable as valid JSON.", number);
  const auto found = members_of(text);
  if (auto error = check_members(found, number)) return error;
  if (json::unquote(*found.method) != "POST")
    return batch_error("invalid_method", "The method of a request in a batch must be 'POST'.",
                       number);
  if (const auto url = json::unquote(*found.url).value_or(""); url != endpoint)
    return batch_error("mismatched_url",
                       fmt::format("The URL '{}' of this request does not match the endpoint '{}' "
                                   "of the batch.",
                                   url, endpoint),
                       number);
  line.custom_id = *found.custom_id;
  line.body = *found.body;
  line.model = model_in(line.body);
  return {};
}

batch_line read_valid_line(std::string_view text) {
  const auto found = members_of(text);
  batch_line line;
  line.custom_id = found.custom_id.value_or("null");
  line.body = found.body.value_or("{}");
  line.model = model_in(line.body);
  return line;
}

std::optional<std::string_view> line_reader::next() {
  auto end = buffer_.find('\n', used_);
  while (end == std::string::npos && fill()) end = buffer_.find('\n', used_);
  begin_ = buffer_at_ + used_;
  if (used_ == buffer_.size()) return std::nullopt;
  const auto stop = end == std::string::npos ? buffer_.size() : end;
  std::string_view line(buffer_.data() + used_, stop - used_);
  used_ = end == std::string::npos ? stop : stop + 1;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool line_reader::fill() {
  constexpr std::size_t block = 128 * 1024;
  buffer_.erase(0, used_);
  buffer_at_ += used_;
  used_ = 0;
  // A line that is longer than the buffer doubles it.
  const auto more = content_.text(buffer_at_ + buffer_.size(), std::max(block, buffer_.size()));
  buffer_ += more;
  return !more.empty();
}

}  // namespace batchmill::simulator_detail
