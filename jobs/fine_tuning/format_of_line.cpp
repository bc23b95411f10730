// Which format is it, and where are its texts?
#include <algorithm>

#include "batchmill/json_text.hpp"
#include "jobs/field_set.hpp"
#include "jobs/fine_tuning/example_reader.hpp"

namespace batchmill::fine_tuning {

namespace {

using json::kind;
using json::kind_of;

std::string_view last_role_of(std::string_view messages) {
  std::string_view last;
  json::for_each_element(messages, [&](std::string_view message) {
    last = json::member(message, "role").value_or("");
    return true;
  });
  return last;
}

}  // namespace

std::vector<std::string> item_keys_of(std::string_view line) {
  std::vector<std::string> keys = jobs::names_of(line);
  std::erase_if(keys, [](const std::string& key) {
    return std::ranges::find(chat_keys, key) != chat_keys.end();
  });
  std::ranges::sort(keys);
  return keys;
}

void for_each_text(method how, std::string_view line,
                   const std::function<void(std::string_view)>& f) {
  const auto each = [&](std::string_view messages) {
    json::for_each_element(messages, [&](std::string_view message) {
      const auto role = json::member(message, "role");
      if (role == R"("system")" || role == R"("developer")") return true;
      f(contents_of(json::member(message, "content").value_or("")));
      return true;
    });
  };
  if (how == method::completion) {
    for (const char* key : {"prompt", "completion"}) {
      f(contents_of(json::member(line, key).value_or("")));
    }
  } else if (how == method::preference) {
    each(json::member(json::member(line, "input").value_or(""), "messages").value_or(""));
    for (const char* key : {"preferred_output", "non_preferred_output", "preferred_completion",
                            "non_preferred_completion"}) {
      each(json::member(line, key).value_or(""));
    }
  } else {
    each(json::member(line, "messages").value_or(""));
  }
}

std::optional<method> method_of(std::string_view line) {
  const auto has = [&](std::string_view key) { return json::member(line, key).has_value(); };
  if (json::validate(line) || kind_of(line) != kind::object) return std::nullopt;
  if (has("preferred_output") || has("non_preferred_output") || has("preferred_completion") ||
      has("non_preferred_completion")) {
    return method::preference;
  }
  if (const auto messages = json::member(line, "messages")) {
    const bool ends_with_user = last_role_of(*messages) == R"("user")";
    return ends_with_user && !item_keys_of(line).empty() ? method::reinforcement
                                                         : method::supervised;
  }
  if (has("prompt") || has("completion")) return method::completion;
  if (kind_of(json::member(line, "input").value_or("")) == kind::object) return method::preference;
  return std::nullopt;
}

}  // namespace batchmill::fine_tuning
