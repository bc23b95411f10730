#include "jobs/fine_tuning/example_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "batchmill/grouped_number.hpp"
#include "batchmill/json_text.hpp"
#include "batchmill/nearest_name.hpp"

namespace batchmill::fine_tuning {

namespace {

using json::kind;
using json::kind_of;

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
example_reader::members example_reader::members_of(std::string_view object,
                                                   std::span<const std::string_view> allowed,
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

}  // namespace batchmill::fine_tuning
