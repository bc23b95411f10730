#include "runner/simulator/json_writer.hpp"

#include <charconv>
#include <cmath>

namespace batchmill::simulator_detail {

namespace {

template <class Number>
void append_number(std::string& out, Number value) {
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += hex[static_cast<unsigned char>(c) >> 4];
      out += hex[static_cast<unsigned char>(c) & 15];
  }
}

}  // namespace

void append_json_text(std::string& out, std::string_view value) {
  out += '"';
  std::size_t begin = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.append(value, begin, i - begin);
    append_escaped(out, c);
    begin = i + 1;
  }
  out.append(value, begin);
  out += '"';
}

json_writer& json_writer::key(std::string_view name) {
  begin_value();
  append_json_text(out_, name);
  out_ += layout_ == json_layout::pretty ? ": " : ":";
  after_key_ = true;
  return *this;
}

json_writer& json_writer::text(std::string_view value) {
  begin_value();
  append_json_text(out_, value);
  return *this;
}

json_writer& json_writer::integer(std::int64_t value) {
  begin_value();
  append_number(out_, value);
  return *this;
}

json_writer& json_writer::real(double value) {
  begin_value();
  append_number(out_, std::isfinite(value) ? value : 0.0);
  return *this;
}

json_writer& json_writer::raw(std::string_view json) {
  begin_value();
  out_ += json;
  return *this;
}

json_writer& json_writer::open(char bracket) {
  begin_value();
  out_ += bracket;
  ++depth_;
  first_ = true;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  --depth_;
  if (!first_) new_line();
  out_ += bracket;
  first_ = false;
  return *this;
}

void json_writer::begin_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_ += ',';
  first_ = false;
  if (depth_ > 0) new_line();
}

void json_writer::new_line() {
  if (layout_ == json_layout::compact) return;
  out_ += '\n';
  out_.append(static_cast<std::size_t>(depth_) * 2, ' ');
}

}  // namespace batchmill::simulator_detail
