// JSON in our own order and with our own numbers: what log lines and summary files are made of.
#include "runner/progress/json_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "runner/flow/dollars.hpp"
#include "runner/progress/utf8.hpp"

namespace batchmill {

namespace {

std::string escaped(char32_t c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c));
  }
}

bool needs_escape(char32_t c) {
  return c < 0x20 || c == '"' || c == '\\' || (0x7f <= c && c <= 0x9f) || c == 0x2028 ||
         c == 0x2029;
}

std::string list_of(const std::vector<json_object>& items, std::size_t depth) {
  if (items.empty()) return "[]";
  const std::string indent(2 * (depth + 1), ' ');
  std::string text = "[";
  for (const auto& item : items)
    text +=
        fmt::format("{}\n{}{}", &item == &items.front() ? "" : ",", indent, item.pretty(depth + 1));
  return text + "\n" + std::string(2 * depth, ' ') + "]";
}

std::string list_of(const std::vector<json_object>& items) {
  std::string text = "[";
  for (const auto& item : items) {
    if (&item != &items.front()) text += ',';
    text += item.line();
  }
  return text + "]";
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const auto c = first_character(text);
    if (c.length == 0)
      quoted += "\\ufffd";
    else if (needs_escape(c.value))
      quoted += escaped(c.value);
    else
      quoted += text.substr(0, c.length);
    text.remove_prefix(c.length == 0 ? 1 : c.length);
  }
  return quoted + '"';
}

std::string json_number(double value) {
  if (!std::isfinite(value)) return "0.0";
  auto text = fmt::format("{:.6f}", value);
  const auto last = text.find_last_not_of('0');
  text.resize(text[last] == '.' ? last + 2 : last + 1);
  return text;
}

std::string json_seconds(duration d) {
  return json_number(std::chrono::duration<double>(d).count());
}

json_object& json_object::raw(std::string_view key, std::string value) {
  members_.push_back({json_string(key), std::move(value), {}, false});
  return *this;
}

json_object& json_object::text(std::string_view key, std::string_view value) {
  return raw(key, json_string(value));
}

json_object& json_object::text_or_null(std::string_view key, std::string_view value) {
  return value.empty() ? null(key) : text(key, value);
}

json_object& json_object::flag(std::string_view key, bool value) {
  return raw(key, value ? "true" : "false");
}

json_object& json_object::count(std::string_view key, std::uint64_t value) {
  return raw(key, std::to_string(value));
}

json_object& json_object::integer(std::string_view key, std::int64_t value) {
  return raw(key, std::to_string(value));
}

json_object& json_object::number(std::string_view key, double value) {
  return raw(key, json_number(std::round(value * 1000) / 1000));
}

json_object& json_object::seconds(std::string_view key, duration value) {
  return raw(key, json_seconds(value));
}

json_object& json_object::dollars(std::string_view key, money value) {
  return raw(key, exact_dollars(value));
}

json_object& json_object::texts(std::string_view key, const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : ",") + json_string(value);
  return raw(key, "[" + list + "]");
}

json_object& json_object::null(std::string_view key) {
  return raw(key, "null");
}

json_object& json_object::object(std::string_view key, json_object value) {
  members_.push_back({json_string(key), {}, {}, false});
  members_.back().nested.push_back(std::move(value));
  return *this;
}

json_object& json_object::list(std::string_view key, std::vector<json_object> values) {
  members_.push_back({json_string(key), {}, std::move(values), true});
  return *this;
}

std::string json_object::line() const {
  std::string text = "{";
  for (const auto& m : members_) {
    if (&m != &members_.front()) text += ',';
    text += m.key + ':';
    text += m.is_list ? list_of(m.nested) : m.nested.empty() ? m.value : m.nested.front().line();
  }
  return text + "}";
}

std::string json_object::pretty(std::size_t depth) const {
  if (members_.empty()) return "{}";
  const std::string indent(2 * (depth + 1), ' ');
  std::string text = "{";
  for (const auto& m : members_) {
    const auto value = m.is_list          ? list_of(m.nested, depth + 1)
                       : m.nested.empty() ? m.value
                                          : m.nested.front().pretty(depth + 1);
    text += fmt::format("{}\n{}{}: {}", &m == &members_.front() ? "" : ",", indent, m.key, value);
  }
  return text + "\n" + std::string(2 * depth, ' ') + "}";
}

}  // namespace batchmill
