// Every kind of thing that can be wrong with a dataset: its name, its weight, how to mend it.
#pragma once

#include <cstddef>
#include <string_view>

namespace batchmill::fine_tuning {

enum class flaw : unsigned char {
  // The file
  no_examples,
  unknown_format,
  too_few_examples,
  file_too_large,
  needs_uploads,
  not_jsonl_name,
  model_not_tunable,
  method_not_offered,
  too_many_tokens,
  too_many_image_examples,
  // A line
  invalid_json,
  data_type,
  blank_line,
  repeated_key,
  unknown_key,
  // Messages
  missing_messages_list,
  messages_not_list,
  message_not_object,
  message_missing_key,
  message_unrecognized_key,
  unrecognized_role,
  missing_content,
  content_type,
  unknown_part,
  bad_name,
  example_missing_assistant_message,
  last_message_not_assistant,
  bad_weight,
  weight_of_other_role,
  nothing_trained,
  // Tools
  tools_not_list,
  bad_tool,
  tools_and_functions,
  bad_parallel_tool_calls,
  bad_tool_call,
  arguments_not_json,
  calls_of_other_role,
  missing_tool_call_id,
  unknown_tool_call_id,
  unanswered_call,
  undefined_tool,
  // Images
  image_of_other_role,
  bad_image,
  too_many_images,
  image_too_large,
  images_not_offered,
  // Preference
  missing_input,
  missing_output,
  both_spellings,
  bad_output,
  not_text,
  input_ends_with_answer,
  same_outputs,
  // Reinforcement
  last_message_not_user,
  other_keys,
  // Completion
  missing_prompt,
  missing_completion,
  not_a_text,
  // What is allowed and seldom meant
  empty_answer,
  refusal,
  empty_prompt,
  exact_duplicate,
  near_duplicate,
  leaked_row,
  over_token_limit,
  unbalanced_labels,
  few_examples,
  missing_system_message,
  missing_user_message,
  deprecated_functions,
  no_separator,
  no_stop_sequence,
  no_leading_space,
  common_prompt_prefix,
  common_completion_prefix,
  mostly_upper_case,
  long_example,
  count_of_flaws,
};

inline constexpr std::size_t flaw_count = static_cast<std::size_t>(flaw::count_of_flaws);

struct flaw_facts {
  flaw what;
  std::string_view code;  // stable; the cookbook's name where it has one
  bool is_error;
  bool shown_once;  // one place says it all
  std::string_view advice;
};

const flaw_facts& facts_of(flaw what);

}  // namespace batchmill::fine_tuning
