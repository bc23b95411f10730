#include "jobs/fine_tuning/example_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "batchmill/grouped_number.hpp"
#include "batchmill/json_text.hpp"
#include "batchmill/nearest_name.hpp"
#include "jobs/did_you_mean.hpp"
#include "jobs/tokens/tool_tokens.hpp"

namespace batchmill::fine_tuning {

namespace {

using json::kind;
using json::kind_of;

constexpr auto chat_keys =
    std::to_array<std::string_view>({"messages", "tools", "functions", "parallel_tool_calls"});
constexpr auto preference_keys =
    std::to_array<std::string_view>({"input", "preferred_output", "non_preferred_output",
                                     "preferred_completion", "non_preferred_completion"});
constexpr auto completion_keys = std::to_array<std::string_view>({"prompt", "completion"});

constexpr std::size_t longest_completion = 10'000;  // characters of prompt and completion

std::vector<std::string> keys_of(std::string_view object) {
  std::vector<std::string> keys;
  json::for_each_member(object, [&](std::string_view key, std::string_view) {
    keys.push_back(json::unquote(key).value_or(""));
    return true;
  });
  return keys;
}

std::string_view last_role_of(std::string_view messages) {
  std::string_view last;
  json::for_each_element(messages, [&](std::string_view message) {
    last = json::member(message, "role").value_or("");
    return true;
  });
  return last;
}

}  // namespace

example_reader::example_reader(const reading_rules& rules)
    : rules_(rules), model_(tokens::tokens_of_model(rules.model)) {}

std::optional<example_facts> example_reader::read(std::string_view line, finding_list& to) {
  found_ = &to;
  unknown_.clear();
  sketcher_.clear();
  if (!is_json_object(line) || !rules_.how) return std::nullopt;
  example_facts facts;
  switch (*rules_.how) {
    case method::supervised:
      read_supervised(line, facts);
      break;
    case method::preference:
      read_preference(line, facts);
      break;
    case method::reinforcement:
      read_reinforcement(line, facts);
      break;
    case method::completion:
      read_completion(line, facts);
      break;
  }
  report_unknown_keys();
  facts.likeness = sketcher_.result();
  if (rules_.token_limit && facts.tokens > *rules_.token_limit) {
    add(flaw::over_token_limit, {}, [&] {
      return fmt::format("the example has {} tokens, {} is the limit",
                         with_separators(static_cast<std::uint64_t>(facts.tokens)),
                         with_separators(static_cast<std::uint64_t>(*rules_.token_limit)));
    });
  }
  return facts;
}

bool example_reader::is_json_object(std::string_view line) {
  if (const auto fault = json::validate(line)) {
    add(flaw::invalid_json, line.substr(fault->offset), [&] {
      const bool opens_only = line == "{" || line == "[";
      return fmt::format("not JSON: {}{}", fault->what,
                         opens_only ? "; does one example take several lines?" : "");
    });
    return false;
  }
  if (kind_of(line) == kind::object) return true;
  add(flaw::data_type, line, [&] {
    return std::string(kind_of(line) == kind::array ? "the line is a list, not an example"
                                                    : "the line is no object");
  });
  return false;
}

/// The members that formats know. What is not `allowed` is one of the user's own, or too much.
template <std::size_t N>
example_reader::members example_reader::members_of(std::string_view object,
                                                   const std::array<std::string_view, N>& allowed,
                                                   bool others_are_items) {
  struct known {
    std::string_view name;
    std::string_view members::*place;
  };
  static constexpr auto places =
      std::to_array<known>({{"messages", &members::messages},
                            {"tools", &members::tools},
                            {"functions", &members::functions},
                            {"parallel_tool_calls", &members::parallel},
                            {"input", &members::input},
                            {"preferred_output", &members::preferred},
                            {"non_preferred_output", &members::rejected},
                            {"preferred_completion", &members::old_preferred},
                            {"non_preferred_completion", &members::old_rejected},
                            {"prompt", &members::prompt},
                            {"completion", &members::completion}});
  members found;
  json::for_each_member(object, [&](std::string_view key, std::string_view value) {
    for (const known& one : places) {
      if (!json::key_is(key, one.name) || std::ranges::find(allowed, one.name) == allowed.end()) {
        continue;
      }
      if (!(found.*one.place).empty()) {
        add(flaw::repeated_key, key, [&] { return fmt::format("`{}` is there twice", one.name); });
      }
      found.*one.place = value;
      return true;
    }
    if (!others_are_items) unknown_.push_back({key, allowed});
    return true;
  });
  return found;
}

/// Where something is missing, it was said already what it may be called.
void example_reader::report_unknown_keys() {
  if (!found_->sound()) return;
  for (const unknown_key& one : unknown_) {
    add(flaw::unknown_key, one.key, [&] {
      const std::string name = json::unquote(one.key).value_or("");
      const std::string_view near = nearest_name(name, one.allowed);
      return fmt::format("the format has no key '{}'{}", beginning_of(name, 40),
                         near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
    });
  }
}

void example_reader::read_supervised(std::string_view line, example_facts& facts) {
  const members m = members_of(line, chat_keys);
  conversation c;
  read_tools(m, c);
  if (!read_messages(m.messages, line, c)) return;
  c.tokens += model_.around.reply;
  if (!found_->sound()) return finish(c, facts);
  if (!c.has_assistant) {
    add(flaw::example_missing_assistant_message, {},
        [] { return std::string("the example has no assistant message"); });
  } else if (c.last_role != role::assistant) {
    add(flaw::last_message_not_assistant, c.last,
        [] { return std::string("the example does not end with the assistant's answer"); });
  } else if (!c.trained) {
    add(flaw::nothing_trained, {},
        [] { return std::string("the weight of every answer is 0: nothing is trained on"); });
  }
  if (c.has_answer) {
    check_answer(c.answer, "the answer");
    facts.answer = c.answer;
    facts.has_answer = true;
  }
  facts.prompt = c.last_user;
  facts.asked = c.asked;
  finish(c, facts);
}

void example_reader::check_answer(std::string_view answer, const char* name) {
  if (is_blank(answer)) {
    add(flaw::empty_answer, answer, [&] { return fmt::format("{} is empty", name); });
  } else if (is_refusal(answer)) {
    add(flaw::refusal, answer,
        [&] { return fmt::format("{} is a refusal: \"{}\"", name, beginning_of(answer, 50)); });
  }
}

void example_reader::read_preference(std::string_view line, example_facts& facts) {
  const members m = members_of(line, preference_keys);
  if (m.input.empty()) {
    return add(flaw::missing_input, line, [&] {
      return "there is no `input` here" + jobs::did_you_mean("input", keys_of(line));
    });
  }
  if (kind_of(m.input) != kind::object) {
    return add(flaw::missing_input, m.input, [] { return std::string("`input` is no object"); });
  }
  const members in = members_of(m.input, chat_keys);
  conversation c;
  read_tools(in, c);
  const bool readable = read_messages(in.messages, m.input, c);
  if (readable && found_->sound() && c.last_role == role::assistant) {
    add(flaw::input_ends_with_answer, c.last,
        [] { return std::string("the input ends with an answer of the assistant"); });
  }
  conversation preferred;
  conversation rejected;
  read_output(output_of(line, "preferred_output", m.preferred, m.old_preferred), "preferred_output",
              preferred);
  read_output(output_of(line, "non_preferred_output", m.rejected, m.old_rejected),
              "non_preferred_output", rejected);
  if (found_->sound() && preferred.hash == rejected.hash) {
    add(flaw::same_outputs, {}, [] { return std::string("both outputs are the same"); });
  }
  facts.prompt = c.last_user;
  facts.asked = c.words;
  c.tokens += model_.around.reply + preferred.tokens + rejected.tokens;
  c.assistant_tokens = preferred.tokens + rejected.tokens;
  c.hash = join_hashes(c.hash, join_hashes(preferred.hash, rejected.hash));
  c.words = join_hashes(c.words, join_hashes(preferred.words, rejected.words));
  finish(c, facts);
}

/// The guide's spelling or that of older specifications; empty when neither is there.
std::string_view example_reader::output_of(std::string_view line, std::string_view name,
                                           std::string_view now, std::string_view before) {
  if (!now.empty() && !before.empty()) {
    add(flaw::both_spellings, before,
        [&] { return fmt::format("`{}` is there in both spellings", name); });
  }
  const std::string_view output = now.empty() ? before : now;
  if (output.empty()) {
    add(flaw::missing_output, line, [&] {
      return fmt::format("there is no `{}` here", name) + jobs::did_you_mean(name, keys_of(line));
    });
  }
  return output;
}

void example_reader::read_output(std::string_view output, std::string_view name,
                                 conversation& out) {
  if (output.empty()) return;
  if (kind_of(output) == kind::array) {
    json::for_each_element(output, [&](std::string_view message) {
      ++out.count;
      read_message(message, out);
      return true;
    });
  }
  if (out.count != 1 || out.last_role != role::assistant) {
    if (!found_->sound()) return;
    return add(flaw::bad_output, output, [&] {
      return out.count == 0  ? fmt::format("`{}` is no list of one message", name)
             : out.count > 1 ? fmt::format("`{}` has {} messages", name, out.count)
                             : fmt::format("the message of `{}` is not the assistant's", name);
    });
  }
  if (out.has_answer && found_->sound()) check_answer(out.answer, std::string(name).c_str());
}

void example_reader::read_reinforcement(std::string_view line, example_facts& facts) {
  const members m = members_of(line, chat_keys, true);
  conversation c;
  read_tools(m, c);
  if (!read_messages(m.messages, line, c)) return;
  c.tokens += model_.around.reply;
  if (found_->sound() && c.last_role != role::user) {
    add(flaw::last_message_not_user, c.last,
        [] { return std::string("the messages do not end with the user's"); });
  }
  facts.asked = c.words;
  check_item_keys(line);
  for (const std::string& key : rules_.item_keys) {
    const auto value = json::member(line, key);
    if (!value) continue;
    c.hash = join_hashes(c.hash, hash_of(*value));
    c.words = join_hashes(c.words, hash_of(*value));
  }
  facts.prompt = c.last_user;
  c.has_system = true;  // it teaches no manner of answering
  finish(c, facts);
}

void example_reader::check_item_keys(std::string_view line) {
  const std::vector<std::string> keys = item_keys_of(line);
  if (keys == rules_.item_keys) return;
  add(flaw::other_keys, {}, [&] {
    for (const std::string& key : rules_.item_keys) {
      if (std::ranges::find(keys, key) == keys.end()) {
        return fmt::format("the key '{}' of the first example is missing", key) +
               jobs::did_you_mean(key, keys);
      }
    }
    for (const std::string& key : keys) {
      if (std::ranges::find(rules_.item_keys, key) == rules_.item_keys.end()) {
        return fmt::format("the first example has no key '{}'", key);
      }
    }
    return std::string("a key is there twice");
  });
}

std::string_view example_reader::completion_text(std::string_view line, std::string_view value,
                                                 flaw missing, std::string_view name) {
  if (value.empty()) {
    add(missing, line, [&] {
      return fmt::format("there is no `{}` here", name) + jobs::did_you_mean(name, keys_of(line));
    });
  } else if (kind_of(value) != kind::string) {
    add(flaw::not_a_text, value, [&] { return fmt::format("the `{}` is no text", name); });
  } else {
    return contents_of(value);
  }
  return {};
}

void example_reader::read_completion(std::string_view line, example_facts& facts) {
  const members m = members_of(line, completion_keys);
  facts.prompt = completion_text(line, m.prompt, flaw::missing_prompt, "prompt");
  facts.answer = completion_text(line, m.completion, flaw::missing_completion, "completion");
  if (!found_->sound()) return;
  facts.has_answer = true;
  facts.messages = 1;
  facts.hash = join_hashes(hash_of(facts.prompt), hash_of(facts.answer));
  const std::uint64_t prompt_words = hasher_.hash(facts.prompt);
  sketcher_.add(hasher_.letters(), rules_.common);
  facts.words = join_hashes(prompt_words, hasher_.hash(facts.answer));
  sketcher_.add(hasher_.letters(), rules_.common);
  facts.asked = is_blank(facts.prompt) ? 0 : prompt_words;
  if (model_.encoding != nullptr) {
    const tokens::text_counter texts(*model_.encoding);
    facts.assistant_tokens = texts.count(m.completion);
    facts.tokens = texts.count(m.prompt) + facts.assistant_tokens;
  }
  check_answer(facts.answer, "the completion");
  if (!is_blank(facts.answer) && !facts.answer.starts_with(' ') &&
      !facts.answer.starts_with("\\n")) {
    add(flaw::no_leading_space, m.completion,
        [] { return std::string("the completion does not begin with a space"); });
  }
  if (!facts.prompt.empty() && facts.prompt.size() + facts.answer.size() > longest_completion) {
    add(flaw::long_example, {}, [&] {
      return fmt::format("prompt and completion have {} characters",
                         with_separators(facts.prompt.size() + facts.answer.size()));
    });
  }
}

std::vector<std::string> item_keys_of(std::string_view line) {
  std::vector<std::string> keys = keys_of(line);
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
