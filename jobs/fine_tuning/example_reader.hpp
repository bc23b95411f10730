// Reads one line of a dataset: what is wrong with it goes to a finding_list, what it holds comes
// back. For one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/fine_tuning.hpp"
#include "jobs/fine_tuning/finding_list.hpp"
#include "jobs/fine_tuning/raw_text.hpp"
#include "jobs/fine_tuning/similarity.hpp"
#include "jobs/tokens/model_tokens.hpp"

namespace batchmill::fine_tuning {

inline constexpr auto chat_keys =
    std::to_array<std::string_view>({"messages", "tools", "functions", "parallel_tool_calls"});
inline constexpr auto preference_keys =
    std::to_array<std::string_view>({"input", "preferred_output", "non_preferred_output",
                                     "preferred_completion", "non_preferred_completion"});
inline constexpr auto completion_keys = std::to_array<std::string_view>({"prompt", "completion"});

enum class role : unsigned char { system, developer, user, assistant, tool, function, unknown };

/// What all lines of a file have in common.
struct reading_rules {
  reading_rules() = default;

  std::optional<method> how;  // nothing: no more than JSON is looked for
  std::string model;
  bool images_offered = true;
  std::optional<std::int64_t> token_limit;
  common_runs common;                  // what many of the first examples have in common
  std::vector<std::string> item_keys;  // reinforcement: those of the first example, sorted
};

/// What a line holds. Views are into the line.
struct example_facts {
  std::int64_t messages = 0;
  std::int64_t tokens = 0;
  std::int64_t assistant_tokens = 0;
  std::uint64_t hash = 0;   // of its texts, exactly
  std::uint64_t words = 0;  // of their words
  sketch likeness;          // of its words, without system messages
  std::uint64_t asked = 0;  // of the words before the answer; 0: there are none
  std::string_view prompt;  // contents, still escaped
  std::string_view answer;  // of the last assistant message, or the completion
  bool has_answer = false;
  bool has_images = false;
};

class example_reader {
 public:
  explicit example_reader(const reading_rules& rules);

  /// `to` is at the line. Nothing where the line is no object, or of no known format.
  std::optional<example_facts> read(std::string_view line, finding_list& to);

 private:
  struct message {
    std::string_view raw, role_text, content, name, weight, calls, call, call_id, refusal, audio;
    role who = role::unknown;
  };
  struct conversation {
    std::int64_t count = 0;
    std::int64_t tokens = 0;
    std::int64_t assistant_tokens = 0;
    std::uint64_t hash = 0;
    std::uint64_t words = 0;
    std::uint64_t asked = 0;
    std::string_view answer;
    std::string_view last_user;
    std::string_view last;  // raw message
    role last_role = role::unknown;
    bool has_system = false, has_user = false, has_assistant = false, has_answer = false;
    bool trained = false;
    bool deprecated = false;
    unsigned images = 0;
    std::vector<std::string_view> open_calls;  // raw ids that wait for a tool's message
    std::string_view opener;                   // the message that made them
  };
  struct members {
    std::string_view messages, tools, functions, parallel;
    std::string_view input, preferred, rejected, old_preferred, old_rejected;
    std::string_view prompt, completion;
  };
  /// What was counted for a message that many lines have.
  struct remembered {
    std::string raw;
    std::int64_t tokens = 0;
    std::uint64_t hash = 0;
    std::uint64_t words = 0;
  };

  struct unknown_key {
    std::string_view key;
    std::span<const std::string_view> allowed;
  };

  bool is_json_object(std::string_view line);
  void report_unknown_keys();
  members members_of(std::string_view object, std::span<const std::string_view> allowed,
                     bool others_are_items = false);

  void read_supervised(std::string_view line, example_facts& facts);
  void read_preference(std::string_view line, example_facts& facts);
  void read_reinforcement(std::string_view line, example_facts& facts);
  void read_completion(std::string_view line, example_facts& facts);
  std::string_view output_of(std::string_view line, std::string_view name, std::string_view now,
                             std::string_view before);
  void read_output(std::string_view output, std::string_view name, conversation& out);
  void check_item_keys(std::string_view line);
  std::string_view completion_text(std::string_view line, std::string_view value, flaw missing,
                                   std::string_view name);
  void check_answer(std::string_view answer, const char* name);

  // messages.cpp
  bool read_messages(std::string_view list, std::string_view around, conversation& c);
  void read_message(std::string_view raw, conversation& c);
  message parts_of(std::string_view raw, std::int64_t number);
  void check_role(message& m, std::int64_t number);
  void check_content(const message& m, conversation& c);
  void check_part(std::string_view part, const message& m, conversation& c);
  void check_image(std::string_view part, const message& m, conversation& c);
  void check_weight(const message& m, conversation& c);
  void check_name(const message& m, std::int64_t number);
  void note(const message& m, conversation& c);
  void finish(conversation& c, example_facts& facts);

  // tools.cpp
  void read_tools(const members& m, conversation& c);
  void check_tools(std::string_view tools, bool are_functions);
  void check_tool(std::string_view tool, bool is_function);
  void check_calls(const message& m, conversation& c);
  void check_call(std::string_view call, conversation& c);
  void check_function_call(std::string_view call);
  void check_tool_answer(const message& m, conversation& c);
  void require_answers(conversation& c);
  void require_tool(std::string_view name);

  template <class Say>
  void add(flaw what, std::string_view at, Say say) {
    found_->add(what, at.data(), say);
  }

  const reading_rules& rules_;
  tokens::model_tokens model_;
  finding_list* found_ = nullptr;
  word_hasher hasher_;
  sketcher sketcher_;
  std::vector<unknown_key> unknown_;  // of this line
  remembered system_;
  std::string last_tools_;  // the tools of the last line that were in order
  std::int64_t last_tool_tokens_ = 0;
  std::vector<std::string> tool_names_;
};

/// The keys of a line that only graders look at, sorted.
std::vector<std::string> item_keys_of(std::string_view line);

/// Calls f(contents) for the texts of an example of this kind, without system messages.
void for_each_text(method how, std::string_view line,
                   const std::function<void(std::string_view)>& f);

/// By the keys of an example; nothing when it is none of any format.
std::optional<method> method_of(std::string_view line);

}  // namespace batchmill::fine_tuning
