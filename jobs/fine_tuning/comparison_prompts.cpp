// A validation file as questions and answers.
#include <fmt/format.h>

#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/fine_tuning_comparison.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/fine_tuning/block_reader.hpp"
#include "jobs/fine_tuning/example_reader.hpp"
#include "jobs/fine_tuning/raw_text.hpp"

namespace batchmill::fine_tuning {

namespace {

constexpr std::size_t shown_characters = 160;

using list = std::vector<std::string_view>;

std::string_view member(std::string_view object, std::string_view key) {
  return json::member(object, key).value_or("");
}

list elements_of(std::string_view array) {
  list all;
  json::for_each_element(array, [&](std::string_view element) {
    all.push_back(element);
    return true;
  });
  return all;
}

bool is_by(std::string_view message, std::string_view role) {
  return json::unquote(member(message, "role")) == role;
}

/// The API takes weights in examples, not in requests.
std::string without_weight(std::string_view message) {
  std::string out;
  json::for_each_member(message, [&](std::string_view key, std::string_view value) {
    if (json::key_is(key, "weight")) return true;
    out.append(out.empty() ? "" : ",").append(key).append(":").append(value);
    return true;
  });
  return "{" + out + "}";
}

/// A text, or the texts among its parts.
std::string text_of(std::string_view content) {
  if (auto text = json::unquote(content)) return *std::move(text);
  std::string all;
  for (const std::string_view part : elements_of(content)) {
    all += json::unquote(member(part, "text")).value_or("");
  }
  return all;
}

void take_reference(std::string_view message, comparison_prompt& to) {
  to.has_reference = true;
  to.reference = text_of(member(message, "content"));
  if (!elements_of(member(message, "tool_calls")).empty()) to.calls = member(message, "tool_calls");
}

std::string beginning_of_text(const std::string& text) {
  return beginning_of(contents_of(json::quote(text)), shown_characters);
}

/// Where the last answer stands that is trained on; npos when there is none.
std::size_t last_answer(const list& messages) {
  for (std::size_t i = messages.size(); i-- > 0;) {
    if (is_by(messages[i], "assistant") && member(messages[i], "weight") != "0") return i;
  }
  return std::string_view::npos;
}

std::string joined(const list& messages, std::size_t count, comparison_prompt& to) {
  std::string out;
  for (std::size_t i = 0; i < std::min(count, messages.size()); ++i) {
    if (is_by(messages[i], "user")) {
      to.shown = beginning_of_text(text_of(member(messages[i], "content")));
    }
    out += (i == 0 ? "" : ",") + without_weight(messages[i]);
  }
  return out;
}

/// The beginning of a body. A model is not named: the run does.
std::string body_start(const comparison_prompt& prompt) {
  return fmt::format(R"({{"custom_id":"line-{}")", prompt.line);
}

void read_conversation(std::string_view example, comparison_prompt& to) {
  const list messages = elements_of(member(example, "messages"));
  const std::size_t answer = to.has_reference ? messages.size() : last_answer(messages);
  to.body = body_start(to) + ",\"messages\":[" + joined(messages, answer, to) + "]";
  for (const char* key : {"tools", "functions", "parallel_tool_calls"}) {
    const std::string_view value = member(example, key);
    if (!value.empty()) to.body += fmt::format(R"(,"{}":{})", key, value);
  }
  to.body += "}";
  if (answer < messages.size()) take_reference(messages[answer], to);
}

void read_preference(std::string_view example, comparison_prompt& to) {
  std::string_view preferred = member(example, "preferred_output");
  if (preferred.empty()) preferred = member(example, "preferred_completion");
  const list answers = elements_of(preferred);
  if (!answers.empty()) take_reference(answers.back(), to);
  to.has_reference = true;  // all of the input is asked
  read_conversation(member(example, "input"), to);
  to.has_reference = !answers.empty();
}

void read_completion(std::string_view example, comparison_prompt& to) {
  const std::string_view prompt = member(example, "prompt");
  to.shown = beginning_of_text(text_of(prompt));
  to.body = body_start(to) + ",\"prompt\":" + std::string(prompt) + "}";
  to.has_reference = true;
  to.reference = text_of(member(example, "completion"));
}

bool is_asked(method how, std::string_view example) {
  if (how == method::completion) {
    return json::kind_of(member(example, "prompt")) == json::kind::string;
  }
  const std::string_view at = how == method::preference ? member(example, "input") : example;
  return !elements_of(member(at, "messages")).empty();
}

comparison_prompt read_prompt(method how, std::string_view example, std::uint64_t line) {
  comparison_prompt prompt;
  prompt.line = line;
  if (how == method::completion) {
    read_completion(example, prompt);
  } else if (how == method::preference) {
    read_preference(example, prompt);
  } else {
    read_conversation(example, prompt);
  }
  return prompt;
}

[[noreturn]] void refuse(const std::string& path, std::uint64_t line, std::string_view why) {
  throw usage_error(
      fmt::format("{}:{}: {}; `batchmill finetune check {}` tells more", path, line, why, path));
}

/// The line as minified JSON. Throws where it is no example of the kind that the first is.
std::string example_in(std::string_view text, const prompt_list& list, std::uint64_t line) {
  std::string example;
  if (const auto fault = json::minify(text, example)) {
    refuse(list.file, line, fmt::format("not JSON: {} at byte {}", fault->what, fault->offset + 1));
  }
  const auto how = method_of(example);
  if (!how || !is_asked(list.prompts.empty() ? *how : list.how, example)) {
    refuse(list.file, line,
           list.prompts.empty() ? "the line is no example of fine-tuning"
                                : "the line is no example like the first");
  }
  return example;
}

}  // namespace

prompt_list read_prompts(const std::string& path) {
  prompt_list result;
  result.file = path;
  block_reader file(path);
  std::string block;
  std::uint64_t line = 0;
  while (file.next(block)) {
    for (std::string_view rest = block; !rest.empty();) {
      const std::string_view text = take_line(rest);
      ++line;
      if (is_blank(text)) continue;
      const std::string example = example_in(text, result, line);
      const auto how = method_of(example);
      if (how && result.prompts.empty()) result.how = *how;
      result.prompts.push_back(read_prompt(result.how, example, line));
    }
  }
  if (result.prompts.empty()) throw usage_error(path + ": the file holds no examples");
  return result;
}

}  // namespace batchmill::fine_tuning
