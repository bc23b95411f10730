// Writes JSON text straight into a string: no tree, no second pass.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace batchmill::simulator_detail {

enum class json_layout {
  compact,  // as models write arguments: {"a":1}
  pretty,   // as the API writes answers: two spaces a level
};

class json_writer {
 public:
  json_writer(std::string& out, json_layout layout) : out_(out), layout_(layout) {}

  json_writer& open_object() { return open('{'); }
  json_writer& close_object() { return close('}'); }
  json_writer& open_array() { return open('['); }
  json_writer& close_array() { return close(']'); }
  json_writer& key(std::string_view name);

  json_writer& text(std::string_view value);
  json_writer& integer(std::int64_t value);
  json_writer& real(double value);  // shortest form that reads back the same
  json_writer& boolean(bool value) { return raw(value ? "true" : "false"); }
  json_writer& null() { return raw("null"); }
  json_writer& raw(std::string_view json);  // a value that is JSON already

 private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  void begin_value();
  void new_line();

  std::string& out_;
  json_layout layout_;
  int depth_ = 0;
  bool first_ = true;       // nothing stands in the innermost bracket yet
  bool after_key_ = false;  // the next value belongs to a key
};

/// Appends `value` as a JSON string.
void append_json_text(std::string& out, std::string_view value);

}  // namespace batchmill::simulator_detail
