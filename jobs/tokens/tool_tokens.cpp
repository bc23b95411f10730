#include "jobs/tokens/tool_tokens.hpp"

namespace batchmill::tokens {

namespace {

using json::kind;
using json::kind_of;

// https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb
constexpr std::int64_t of_properties = 3;  // once, when there are any
constexpr std::int64_t of_property = 3;
constexpr std::int64_t of_enumeration = -3;
constexpr std::int64_t of_enumerated = 3;
constexpr std::int64_t of_all_functions = 12;  // once

/// The text of a member, without a full stop at its end.
std::string text_of(std::string_view object, std::string_view key) {
  const std::string_view raw = json::member(object, key).value_or("");
  std::string text = json::unquote(raw).value_or(std::string(raw));
  if (text.ends_with('.')) text.pop_back();
  return text;
}

class function_counter {
 public:
  function_counter(const text_counter& texts, const overheads& around)
      : texts_(texts), around_(around) {}

  void tool(std::string_view t) {
    // Chat completions wrap the function, responses do not.
    const std::string_view function = json::member(t, "function").value_or(t);
    if (!json::member(function, "name")) return;
    count_ += around_.function;
    count_ +=
        texts_.count_plain(text_of(function, "name") + ":" + text_of(function, "description"));
    properties(json::member(function, "parameters").value_or(""));
  }

  std::int64_t count() const { return count_ > 0 ? count_ + of_all_functions : 0; }

 private:
  void properties(std::string_view schema) {
    bool any = false;
    json::for_each_member(json::member(schema, "properties").value_or(""),
                          [&](std::string_view key, std::string_view value) {
                            any = true;
                            property(json::unquote(key).value_or(""), value);
                            return true;
                          });
    if (any) count_ += of_properties;
  }

  void property(const std::string& key, std::string_view schema) {
    count_ += of_property;
    const std::string_view values = json::member(schema, "enum").value_or("");
    if (kind_of(values) == kind::array) count_ += of_enumeration;
    json::for_each_element(values, [&](std::string_view value) {
      count_ += of_enumerated + texts_.count(value);
      return true;
    });
    count_ += texts_.count_plain(key + ":" + text_of(schema, "type") + ":" +
                                 text_of(schema, "description"));
    properties(schema);
    properties(json::member(schema, "items").value_or(""));
  }

  const text_counter& texts_;
  const overheads& around_;
  std::int64_t count_ = 0;
};

}  // namespace

std::int64_t tool_tokens(std::string_view tools, const text_counter& texts,
                         const overheads& around) {
  function_counter counter(texts, around);
  json::for_each_element(tools, [&](std::string_view t) {
    counter.tool(t);
    return true;
  });
  return counter.count();
}

std::int64_t schema_tokens(std::string_view format, const text_counter& texts) {
  // Chat completions wrap the schema once more than responses do.
  const std::string_view wrapped = json::member(format, "json_schema").value_or(format);
  return texts.count_plain(json::member(wrapped, "schema").value_or(""));
}

}  // namespace batchmill::tokens
