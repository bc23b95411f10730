// YAML values as JSON text. Written by hand because numbers must keep their spelling.
#include "runner/spec/json_text.hpp"

#include <fmt/format.h>

#include <iterator>

#include "runner/spec/scalars.hpp"

namespace batchmill::spec {

namespace {

void append_quoted(std::string& json, std::string_view text) {
  json += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        json += "\\\"";
        break;
      case '\\':
        json += "\\\\";
        break;
      case '\n':
        json += "\\n";
        break;
      case '\r':
        json += "\\r";
        break;
      case '\t':
        json += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
          json += c;
        }
    }
  }
  json += '"';
}

void append_scalar(json_fragment& out, const node& value) {
  switch (kind_of(value)) {
    case scalar_kind::text:
      out.strings.push_back(value.at.mark);
      append_quoted(out.text, value.text);
      return;
    case scalar_kind::boolean:
      out.text += value.text[0] == 't' || value.text[0] == 'T' ? "true" : "false";
      return;
    case scalar_kind::not_finite:
      fail(value.at, fmt::format("JSON has no number {}; write a finite number, or put it in "
                                 "quotes if it is text",
                                 value.text));
    case scalar_kind::integer:
    case scalar_kind::real:
      break;
  }
  const auto number = as_json_number(value.text);
  if (!number)
    fail(value.at,
         fmt::format("{} has more than 64 bits; write it as a decimal number", describe(value)));
  out.text += *number;
}

void append(json_fragment& out, const node& value) {
  if (value.kind == node_kind::null) out.text += "null";
  if (value.kind == node_kind::scalar) append_scalar(out, value);
  if (value.kind != node_kind::list && value.kind != node_kind::mapping) return;
  const bool is_list = value.kind == node_kind::list;
  out.text += is_list ? '[' : '{';
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) out.text += ',';
    if (!is_list) {
      append_quoted(out.text, value.keys[i].text);
      out.text += ':';
    }
    append(out, value.items[i]);
  }
  out.text += is_list ? ']' : '}';
}

}  // namespace

json_fragment to_json(const node& value) {
  json_fragment out;
  append(out, value);
  return out;
}

std::string quote_json(std::string_view text) {
  std::string json;
  append_quoted(json, text);
  return json;
}

}  // namespace batchmill::spec
