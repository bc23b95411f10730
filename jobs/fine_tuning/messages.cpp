// The messages of an example: roles, contents, names, weights.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "batchmill/json_text.hpp"
#include "batchmill/nearest_name.hpp"
#include "jobs/did_you_mean.hpp"
#include "jobs/field_set.hpp"
#include "jobs/fine_tuning/example_reader.hpp"
#include "jobs/tokens/request_tokens.hpp"

namespace batchmill::fine_tuning {

namespace {

using json::kind;
using json::kind_of;

constexpr auto role_names = std::to_array<std::string_view>(
    {"system", "developer", "user", "assistant", "tool", "function"});

constexpr auto message_keys =
    std::to_array<std::string_view>({"role", "content", "name", "weight", "tool_calls",
                                     "tool_call_id", "function_call", "refusal", "audio"});

// As other formats call them.
struct foreign_role {
  std::string_view name;
  std::string_view ours;
};
constexpr auto foreign_roles = std::to_array<foreign_role>({{"human", "user"},
                                                            {"customer", "user"},
                                                            {"gpt", "assistant"},
                                                            {"bot", "assistant"},
                                                            {"ai", "assistant"},
                                                            {"model", "assistant"},
                                                            {"chatgpt", "assistant"}});

std::string_view nearest_role(std::string_view name) {
  const auto foreign = std::ranges::find(foreign_roles, name, &foreign_role::name);
  return foreign != foreign_roles.end() ? foreign->ours : nearest_name(name, role_names);
}

std::string quoted(std::string_view contents) {
  return "\"" + beginning_of(contents, 40) + "\"";
}

bool is_given(std::string_view raw) {
  return !raw.empty() && raw != "null";
}

bool is_tool_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

}  // namespace

/// False where there is nothing to read.
bool example_reader::read_messages(std::string_view list, std::string_view around,
                                   conversation& c) {
  if (list.empty()) {
    add(flaw::missing_messages_list, around, [&] {
      return "there is no `messages` here" + jobs::did_you_mean("messages", jobs::names_of(around));
    });
    return false;
  }
  if (kind_of(list) != kind::array) {
    add(flaw::messages_not_list, list, [] { return std::string("`messages` is no list"); });
    return false;
  }
  json::for_each_element(list, [&](std::string_view raw) {
    ++c.count;
    read_message(raw, c);
    return true;
  });
  if (c.count == 0) {
    add(flaw::missing_messages_list, list, [] { return std::string("`messages` is empty"); });
  }
  return c.count > 0;
}

void example_reader::read_message(std::string_view raw, conversation& c) {
  c.last = raw;
  if (c.count == 1 && !system_.raw.empty() && raw == system_.raw) {
    c.has_system = true;
    c.last_role = role::system;
    c.tokens += system_.tokens;
    c.hash = join_hashes(c.hash, system_.hash);
    c.words = join_hashes(c.words, system_.words);
    return;
  }
  if (kind_of(raw) != kind::object) {
    add(flaw::message_not_object, raw,
        [&] { return fmt::format("message {} is no object", c.count); });
    return;
  }
  message m = parts_of(raw, c.count);
  check_role(m, c.count);
  c.last_role = m.who;
  if (m.who != role::tool && m.who != role::function) require_answers(c);
  check_content(m, c);
  check_name(m, c.count);
  check_weight(m, c);
  check_calls(m, c);
  check_tool_answer(m, c);
  note(m, c);
}

example_reader::message example_reader::parts_of(std::string_view raw, std::int64_t number) {
  message m;
  m.raw = raw;
  json::for_each_member(raw, [&](std::string_view key, std::string_view value) {
    const std::array<std::string_view*, message_keys.size()> places = {
        &m.role_text, &m.content, &m.name,    &m.weight, &m.calls,
        &m.call_id,   &m.call,    &m.refusal, &m.audio};
    for (std::size_t i = 0; i < message_keys.size(); ++i) {
      if (!json::key_is(key, message_keys[i])) continue;
      if (!places[i]->empty()) {
        add(flaw::repeated_key, key,
            [&] { return fmt::format("message {} has `{}` twice", number, message_keys[i]); });
      }
      *places[i] = value;
      return true;
    }
    add(flaw::message_unrecognized_key, key, [&] {
      const std::string name = json::unquote(key).value_or("");
      const std::string_view near = nearest_name(name, message_keys);
      return fmt::format("message {} has the key '{}'{}", number, beginning_of(name, 40),
                         near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
    });
    return true;
  });
  return m;
}

void example_reader::check_role(message& m, std::int64_t number) {
  if (m.role_text.empty()) {
    add(flaw::message_missing_key, m.raw,
        [&] { return fmt::format("message {} has no `role`", number); });
    return;
  }
  const std::string_view name = contents_of(m.role_text);
  const auto found = std::ranges::find(role_names, name);
  if (kind_of(m.role_text) == kind::string && found != role_names.end()) {
    m.who = static_cast<role>(found - role_names.begin());
    return;
  }
  add(flaw::unrecognized_role, m.role_text, [&] {
    const std::string_view near = nearest_role(name);
    return fmt::format("message {} has the role {}{}", number, quoted(name),
                       near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near));
  });
}

void example_reader::check_name(const message& m, std::int64_t number) {
  if (m.name.empty()) {
    if (m.who != role::function) return;
    return add(flaw::message_missing_key, m.raw,
               [&] { return fmt::format("message {}, the function's, has no `name`", number); });
  }
  if (kind_of(m.name) == kind::string && is_tool_name(contents_of(m.name))) return;
  add(flaw::bad_name, m.name, [&] {
    return fmt::format("the name of message {} is {}", number, quoted(contents_of(m.name)));
  });
}

void example_reader::check_weight(const message& m, conversation& c) {
  if (m.who == role::assistant && m.weight != "0") c.trained = true;
  if (m.weight.empty()) return;
  if (m.who != role::assistant && m.who != role::unknown) {
    return add(flaw::weight_of_other_role, m.weight, [&] {
      return fmt::format("message {}, the {}'s, has a weight", c.count, contents_of(m.role_text));
    });
  }
  if (m.weight == "0" || m.weight == "1") return;
  add(flaw::bad_weight, m.weight, [&] {
    return fmt::format("the weight of message {} is {}", c.count,
                       beginning_of(contents_of(m.weight), 40));
  });
}

/// What the message adds to the example.
void example_reader::note(const message& m, conversation& c) {
  const std::int64_t tokens = model_.encoding == nullptr ? 0 : tokens::count_message(m.raw, model_);
  const std::string_view text = contents_of(m.content);
  std::uint64_t hash = hash_of(text) + static_cast<std::uint64_t>(m.who);
  std::uint64_t words = hasher_.hash(text) + static_cast<std::uint64_t>(m.who);
  if (m.who != role::system && m.who != role::developer) {
    sketcher_.add(hasher_.letters(), rules_.common);
  }
  for (const std::string_view extra : {m.calls, m.call, m.call_id, m.name}) {
    if (extra.empty()) continue;
    hash = join_hashes(hash, hash_of(extra));
    words = join_hashes(words, hash_of(extra));
  }
  if (m.who == role::assistant) c.asked = c.words;
  c.tokens += tokens;
  c.hash = join_hashes(c.hash, hash);
  c.words = join_hashes(c.words, words);
  switch (m.who) {
    case role::system:
    case role::developer:
      c.has_system = true;
      break;
    case role::user:
      c.has_user = true;
      c.last_user = text;
      break;
    case role::assistant:
      c.has_assistant = true;
      c.assistant_tokens += tokens;
      c.has_answer = kind_of(m.content) == kind::string && !is_given(m.calls) && !is_given(m.call);
      c.answer = c.has_answer ? text : std::string_view();
      break;
    default:
      break;
  }
  const bool is_first_system = c.count == 1 && m.who == role::system && found_->sound();
  if (is_first_system && m.weight.empty() && m.calls.empty() && m.call.empty() &&
      kind_of(m.content) == kind::string) {
    system_.raw = m.raw;
    system_.tokens = tokens;
    system_.hash = hash;
    system_.words = words;
  }
}

/// Hands over what the messages of an example come to.
void example_reader::finish(conversation& c, example_facts& facts) {
  facts.messages += c.count;
  facts.tokens += c.tokens;
  facts.assistant_tokens += c.assistant_tokens;
  facts.hash = join_hashes(facts.hash, c.hash);
  facts.words = join_hashes(facts.words, c.words);
  facts.has_images = facts.has_images || c.images > 0;
  if (!found_->sound()) return;  // what is missing may be what is misspelt
  if (c.deprecated) {
    add(flaw::deprecated_functions, {},
        [] { return std::string("functions and the role function are deprecated"); });
  }
  if (!c.has_system) {
    add(flaw::missing_system_message, {},
        [] { return std::string("the example has no system message"); });
  }
  if (!c.has_user) {
    add(flaw::missing_user_message, {},
        [] { return std::string("the example has no user message"); });
  }
}

}  // namespace batchmill::fine_tuning
