// The tools of an example, the calls of them, and the answers to the calls.
#include <fmt/format.h>

#include <algorithm>

#include "batchmill/json_text.hpp"
#include "jobs/did_you_mean.hpp"
#include "jobs/fine_tuning/example_reader.hpp"
#include "jobs/tokens/request_tokens.hpp"

namespace batchmill::fine_tuning {

namespace {

using json::kind;
using json::kind_of;

constexpr std::size_t most_tools = 128;

bool is_text(std::optional<std::string_view> value) {
  return value && kind_of(*value) == kind::string && value->size() > 2;
}

}  // namespace

void example_reader::read_tools(const members& m, conversation& c) {
  tool_names_.clear();
  if (!m.tools.empty() && !m.functions.empty()) {
    add(flaw::tools_and_functions, m.functions,
        [] { return std::string("the example has both `tools` and `functions`"); });
  }
  const std::string_view tools = m.tools.empty() ? m.functions : m.tools;
  if (!m.functions.empty()) c.deprecated = true;
  if (!m.parallel.empty() && kind_of(m.parallel) != kind::boolean) {
    add(flaw::bad_parallel_tool_calls, m.parallel,
        [] { return std::string("`parallel_tool_calls` is neither true nor false"); });
  }
  if (tools.empty()) return;
  check_tools(tools, m.tools.empty());
  c.hash = join_hashes(c.hash, hash_of(tools));
  c.words = join_hashes(c.words, hash_of(tools));
  if (model_.encoding == nullptr) return;
  if (tools != last_tools_) {
    last_tool_tokens_ = tokens::count_tools(tools, model_);
    last_tools_ = tools;
  }
  c.tokens += last_tool_tokens_;
}

void example_reader::check_tools(std::string_view tools, bool are_functions) {
  std::size_t count = 0;
  if (kind_of(tools) == kind::array) {
    json::for_each_element(tools, [&](std::string_view tool) {
      ++count;
      check_tool(tool, are_functions);
      return true;
    });
  }
  if (count >= 1 && count <= most_tools) return;
  add(flaw::tools_not_list, tools, [&] {
    return fmt::format("`{}` is {}", are_functions ? "functions" : "tools",
                       kind_of(tools) != kind::array ? "no list"
                       : count == 0                  ? "empty"
                                                     : "longer than 128");
  });
}

void example_reader::check_tool(std::string_view tool, bool is_function) {
  std::string_view function = tool;
  const char* fault = nullptr;
  if (!is_function) {
    function = json::member(tool, "function").value_or("");
    if (json::member(tool, "type") != R"("function")") fault = "the type of a tool is not function";
  }
  const auto name = json::member(function, "name");
  const auto parameters = json::member(function, "parameters");
  if (fault == nullptr && kind_of(function) != kind::object) {
    fault = "a tool is no function";
  } else if (fault == nullptr && !is_text(name)) {
    fault = "a tool has no name";
  } else if (fault == nullptr && parameters && kind_of(*parameters) != kind::object) {
    fault = "the parameters of a tool are no JSON Schema";
  }
  if (fault != nullptr) return add(flaw::bad_tool, tool, [&] { return std::string(fault); });
  tool_names_.emplace_back(contents_of(name.value_or("")));
}

void example_reader::check_calls(const message& m, conversation& c) {
  const bool has_calls = !m.calls.empty() && m.calls != "null";
  const bool has_call = !m.call.empty() && m.call != "null";
  if (!has_calls && !has_call) return;
  if (m.who != role::assistant && m.who != role::unknown) {
    return add(flaw::calls_of_other_role, has_calls ? m.calls : m.call, [&] {
      return fmt::format("message {}, the {}'s, calls a tool", c.count, contents_of(m.role_text));
    });
  }
  if (has_call) {
    c.deprecated = true;
    check_function_call(m.call);
  }
  if (!has_calls) return;
  c.open_calls.clear();
  c.opener = m.raw;
  std::size_t count = 0;
  if (kind_of(m.calls) == kind::array) {
    json::for_each_element(m.calls, [&](std::string_view call) {
      ++count;
      check_call(call, c);
      return true;
    });
  }
  if (count > 0) return;
  add(flaw::bad_tool_call, m.calls,
      [&] { return fmt::format("`tool_calls` of message {} is no list, or empty", c.count); });
}

void example_reader::check_call(std::string_view call, conversation& c) {
  const auto id = json::member(call, "id");
  const auto function = json::member(call, "function").value_or("");
  const auto name = json::member(function, "name");
  const auto arguments = json::member(function, "arguments");
  const char* missing = nullptr;
  if (!is_text(id)) {
    missing = "id";
  } else if (json::member(call, "type") != R"("function")") {
    missing = "type \"function\"";
  } else if (!is_text(name)) {
    missing = "function name";
  } else if (!arguments || kind_of(*arguments) != kind::string) {
    missing = "arguments written as text";
  }
  if (missing != nullptr) {
    return add(flaw::bad_tool_call, call,
               [&] { return fmt::format("a call of message {} has no {}", c.count, missing); });
  }
  c.open_calls.push_back(id.value_or(""));
  check_function_call(function);
}

void example_reader::check_function_call(std::string_view call) {
  const auto name = json::member(call, "name");
  const auto arguments = json::member(call, "arguments");
  if (!name || !is_text(name) || !arguments || kind_of(*arguments) != kind::string) {
    return add(flaw::bad_tool_call, call,
               [] { return std::string("a function call needs a `name` and `arguments`"); });
  }
  require_tool(*name);
  const std::string text = json::unquote(*arguments).value_or("");
  if (const auto fault = json::validate(text)) {
    add(flaw::arguments_not_json, *arguments, [&] {
      return fmt::format("the arguments of the call of {} are no JSON: {} at character {}",
                         beginning_of(contents_of(*name), 40), fault->what, fault->offset + 1);
    });
  }
}

void example_reader::require_tool(std::string_view name) {
  const std::string_view text = contents_of(name);
  if (std::ranges::find(tool_names_, text) != tool_names_.end()) return;
  add(flaw::undefined_tool, name, [&] {
    return fmt::format("the tool '{}' is called and not defined", beginning_of(text, 40)) +
           jobs::did_you_mean(text, tool_names_);
  });
}

void example_reader::check_tool_answer(const message& m, conversation& c) {
  if (m.who == role::function) c.deprecated = true;
  if (m.who != role::tool) return;
  if (!is_text(m.call_id.empty() ? std::nullopt : std::optional(m.call_id))) {
    c.open_calls.clear();  // one of them was meant
    return add(flaw::missing_tool_call_id, m.raw, [&] {
      return fmt::format("message {}, the tool's, has no `tool_call_id`", c.count);
    });
  }
  const auto call = std::ranges::find(c.open_calls, m.call_id);
  if (call != c.open_calls.end()) {
    c.open_calls.erase(call);
    return;
  }
  add(flaw::unknown_tool_call_id, m.call_id, [&] {
    return fmt::format("message {} answers the call \"{}\", which nobody made", c.count,
                       beginning_of(contents_of(m.call_id), 40));
  });
}

/// Before anybody else speaks, every call has its answer.
void example_reader::require_answers(conversation& c) {
  if (c.open_calls.empty()) return;
  add(flaw::unanswered_call, c.opener, [&] {
    return fmt::format("the call \"{}\" has no answer before message {}",
                       beginning_of(contents_of(c.open_calls.front()), 40), c.count);
  });
  c.open_calls.clear();
}

}  // namespace batchmill::fine_tuning
