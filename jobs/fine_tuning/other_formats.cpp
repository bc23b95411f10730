// Examples of preferences, for reinforcement, and of prompts with completions.
#include <fmt/format.h>

#include <algorithm>

#include "batchmill/grouped_number.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/did_you_mean.hpp"
#include "jobs/field_set.hpp"
#include "jobs/fine_tuning/example_reader.hpp"
#include "jobs/tokens/tool_tokens.hpp"

namespace batchmill::fine_tuning {

namespace {

using json::kind;
using json::kind_of;

constexpr std::size_t longest_completion = 10'000;  // characters of prompt and completion

}  // namespace

void example_reader::read_preference(std::string_view line, example_facts& facts) {
  const members m = members_of(line, preference_keys);
  if (m.input.empty()) {
    return add(flaw::missing_input, line, [&] {
      return "there is no `input` here" + jobs::did_you_mean("input", jobs::names_of(line));
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
      return fmt::format("there is no `{}` here", name) +
             jobs::did_you_mean(name, jobs::names_of(line));
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
      return fmt::format("there is no `{}` here", name) +
             jobs::did_you_mean(name, jobs::names_of(line));
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

}  // namespace batchmill::fine_tuning
