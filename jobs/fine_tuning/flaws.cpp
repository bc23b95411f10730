#include "jobs/fine_tuning/flaws.hpp"

#include <array>

namespace batchmill::fine_tuning {

namespace {

constexpr bool error = true;
constexpr bool warning = false;
constexpr bool each = false;
constexpr bool once = true;

using enum flaw;

// https://github.com/openai/openai-cookbook/blob/main/examples/Chat_finetuning_data_prep.ipynb
// names the first checks of messages.
constexpr auto table = std::to_array<flaw_facts>({
    {no_examples, "no_examples", error, once, "put one JSON object on each line"},
    {unknown_format, "unknown_format", error, once,
     "make examples of these rows with `batchmill finetune prepare`, or name the format with "
     "--method"},
    {too_few_examples, "too_few_examples", error, once,
     "add examples: the service takes 10 or more, and 50 to 100 are a good start"},
    {file_too_large, "file_too_large", error, once,
     "shorten the examples or leave some out: the service takes files of up to 8 GB"},
    {needs_uploads, "needs_uploads", warning, once,
     "upload it in parts, as `batchmill files upload` does"},
    {not_jsonl_name, "not_jsonl_name", warning, once, "rename the file to end in .jsonl"},
    {model_not_tunable, "model_not_tunable", error, once,
     "choose a model that can be fine-tuned; `batchmill models` tells which"},
    {method_not_offered, "method_not_offered", error, once,
     "choose another method or another model; `batchmill models NAME` tells what it offers"},
    {too_many_tokens, "too_many_tokens", warning, once, "leave examples out or shorten them"},
    {too_many_image_examples, "too_many_image_examples", error, once,
     "leave out some of the examples with images"},

    {invalid_json, "invalid_json", error, each, "write one whole JSON object on each line"},
    {data_type, "data_type", error, each, "make each line an object: {\"messages\": [...]}"},
    {blank_line, "blank_line", warning, each, "remove the empty lines"},
    {repeated_key, "repeated_key", warning, each, "keep one of them: only the last counts"},
    {unknown_key, "unknown_key", warning, each,
     "remove the key: the service may refuse the file for it"},

    {missing_messages_list, "missing_messages_list", error, each,
     "give each example a list `messages` that is not empty"},
    {messages_not_list, "messages_not_list", error, each,
     "write the messages as a list: [{\"role\": ..., \"content\": ...}]"},
    {message_not_object, "message_not_object", error, each,
     "make each message an object with `role` and `content`"},
    {message_missing_key, "message_missing_key", error, each,
     "give each message a `role` and a `content`"},
    {message_unrecognized_key, "message_unrecognized_key", error, each,
     "messages have role, content, name, weight, tool_calls, tool_call_id, function_call, refusal "
     "and audio; remove what is none of these"},
    {unrecognized_role, "unrecognized_role", error, each,
     "roles are system, developer, user, assistant, tool and function"},
    {missing_content, "missing_content", error, each,
     "give the message a text; only an assistant that calls tools may go without"},
    {content_type, "content_type", error, each, "make the content a text or a list of parts"},
    {unknown_part, "unknown_part", error, each,
     "parts are {\"type\": \"text\", \"text\": ...} and, from users, {\"type\": \"image_url\", "
     "\"image_url\": {\"url\": ...}}"},
    {bad_name, "bad_name", error, each,
     "names are 1 to 64 letters, digits, underscores and dashes"},
    {example_missing_assistant_message, "example_missing_assistant_message", error, each,
     "add the answer that the model is to learn"},
    {last_message_not_assistant, "last_message_not_assistant", error, each,
     "end the example with the assistant's answer, or remove what follows it"},
    {bad_weight, "bad_weight", error, each, "weights are 0 (not trained on) and 1"},
    {weight_of_other_role, "weight_of_other_role", error, each,
     "only assistant messages have a weight; remove it"},
    {nothing_trained, "nothing_trained", warning, each,
     "give one of the answers the weight 1, or leave the example out"},

    {tools_not_list, "tools_not_list", error, each, "write the tools as a list of 1 to 128"},
    {bad_tool, "bad_tool", error, each,
     "write {\"type\": \"function\", \"function\": {\"name\": ..., \"parameters\": {...}}}"},
    {tools_and_functions, "tools_and_functions", error, each,
     "keep `tools` and remove `functions`, which is its older form"},
    {bad_parallel_tool_calls, "bad_parallel_tool_calls", error, each, "write true or false"},
    {bad_tool_call, "bad_tool_call", error, each,
     "write {\"id\": ..., \"type\": \"function\", \"function\": {\"name\": ..., \"arguments\": "
     "\"{...}\"}}"},
    {arguments_not_json, "arguments_not_json", warning, each,
     "mend the arguments: the model learns to write such ones"},
    {calls_of_other_role, "calls_of_other_role", error, each,
     "only assistant messages call tools; move or remove the calls"},
    {missing_tool_call_id, "missing_tool_call_id", error, each,
     "name the call that the tool answers by `tool_call_id`"},
    {unknown_tool_call_id, "unknown_tool_call_id", error, each,
     "use the id of a call of the assistant message before it"},
    {unanswered_call, "unanswered_call", error, each,
     "follow each call with a message of the role tool, or end the example with the call"},
    {undefined_tool, "undefined_tool", warning, each, "define the tool in `tools`"},

    {image_of_other_role, "image_of_other_role", error, each,
     "only user messages may hold images; remove it"},
    {bad_image, "bad_image", error, each,
     "give the image as {\"url\": ...}: an address of http or https, or a data: URL"},
    {too_many_images, "too_many_images", error, each, "keep 10 images in each example"},
    {image_too_large, "image_too_large", error, each, "scale the image down to 10 MB or less"},
    {images_not_offered, "images_not_offered", error, once,
     "remove the images, or train a model that sees, such as gpt-4o-2024-08-06"},

    {missing_input, "missing_input", error, each,
     "give each example an `input`: {\"messages\": [...]}"},
    {missing_output, "missing_output", error, each,
     "give each example a `preferred_output` and a `non_preferred_output`"},
    {both_spellings, "both_spellings", error, each,
     "keep `preferred_output` and `non_preferred_output`"},
    {bad_output, "bad_output", error, each,
     "write a list of exactly one assistant message: [{\"role\": \"assistant\", \"content\": "
     "...}]"},
    {not_text, "not_text", error, each, "preference examples hold text alone; remove the images"},
    {input_ends_with_answer, "input_ends_with_answer", warning, each,
     "end the input with what is to be answered"},
    {same_outputs, "same_outputs", warning, each, "leave out what shows no preference"},

    {last_message_not_user, "last_message_not_user", error, each,
     "end the messages with the user's: the model answers by itself"},
    {other_keys, "other_keys", error, each,
     "give every example the same keys: graders see them as item.KEY"},

    {missing_prompt, "missing_prompt", error, each, "give each example a `prompt`"},
    {missing_completion, "missing_completion", error, each, "give each example a `completion`"},
    {not_a_text, "not_a_text", error, each, "write it as text, in quotes"},

    {empty_answer, "empty_answer", warning, each, "leave the example out, or give it an answer"},
    {refusal, "refusal", warning, each,
     "leave the example out, unless the model is to refuse this"},
    {empty_prompt, "empty_prompt", warning, each, "leave the example out, or say what is asked"},
    {exact_duplicate, "exact_duplicate", warning, each,
     "keep one of them: it is trained on, and paid, each time"},
    {near_duplicate, "near_duplicate", warning, each, "keep the better one"},
    {leaked_row, "leaked_row", warning, each,
     "remove it from one of the files: it makes the validation look better than it is"},
    {over_token_limit, "over_token_limit", warning, each,
     "shorten it: the service cuts the end off, which is where the answer is"},
    {unbalanced_labels, "unbalanced_labels", warning, once,
     "add examples of the rare ones, or leave out some of the frequent ones"},
    {few_examples, "few_examples", warning, once, "50 to 100 good examples are a better start"},
    {missing_system_message, "missing_system_message", warning, once,
     "train with the system message that will be used later, or use none later"},
    {missing_user_message, "missing_user_message", warning, each,
     "put what the model is to answer into a user message"},
    {deprecated_functions, "deprecated_functions", warning, once,
     "write `tools`, `tool_calls` and the role tool instead"},
    {no_separator, "no_separator", warning, once,
     "end every prompt alike, for instance with \"\\n\\n###\\n\\n\""},
    {no_stop_sequence, "no_stop_sequence", warning, once,
     "end every completion alike, for instance with \" END\", and stop there later"},
    {no_leading_space, "no_leading_space", warning, each,
     "begin completions with a space: that is how words are split into tokens"},
    {common_prompt_prefix, "common_prompt_prefix", warning, once,
     "leave the beginning out: a tuned model needs no instruction, and it is paid each time"},
    {common_completion_prefix, "common_completion_prefix", warning, once,
     "leave the beginning out: the model learns nothing from it"},
    {mostly_upper_case, "mostly_upper_case", warning, once,
     "write it in lower case, which has fewer tokens and is known better"},
    {long_example, "long_example", warning, each, "shorten it to 10,000 characters"},
});

static_assert(table.size() == flaw_count);

}  // namespace

const flaw_facts& facts_of(flaw what) {
  return table[static_cast<std::size_t>(what)];
}

}  // namespace batchmill::fine_tuning
