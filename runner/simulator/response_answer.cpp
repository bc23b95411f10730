#include "runner/simulator/response_answer.hpp"

#include <boost/json/array.hpp>

#include "runner/simulator/answer_parts.hpp"
#include "runner/simulator/checks.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::string_view failure = "The model failed to generate a response.";

bool is_call(const response_result& result) {
  return result.request.asked.shape == answer_shape::tool_call;
}

// A member of the request, or what the API says when it is absent.
void repeat(json_writer& out, const response_result& result, std::string_view name,
            std::string_view otherwise = "null") {
  out.key(name);
  if (const auto* value = find(*result.request.body, name))
    write_value(out, *value);
  else
    out.raw(otherwise);
}

void write_format(json_writer& out, const response_result& result) {
  const auto* text = find(*result.request.body, "text");
  out.key("text").open_object().key("format");
  const auto* format = text ? find(text->get_object(), "format") : nullptr;
  if (format)
    write_value(out, *format);
  else
    out.open_object().key("type").text("text").close_object();
  out.key("verbosity");
  out.text(text ? string_or(text->get_object(), "verbosity", "medium") : "medium").close_object();
}

void write_reasoning(json_writer& out, const response_result& result) {
  const auto* reasoning = find(*result.request.body, "reasoning");
  out.key("reasoning").open_object();
  for (const std::string_view name : {"effort", "summary"}) {
    out.key(name);
    const auto* value = reasoning ? find(reasoning->get_object(), name) : nullptr;
    if (value)
      write_value(out, *value);
    else
      out.null();
  }
  out.close_object();
}

void write_usage(json_writer& out, const token_usage& usage) {
  out.open_object().key("input_tokens").integer(usage.prompt);
  out.key("input_tokens_details").open_object();
  out.key("cached_tokens").integer(0).key("cache_write_tokens").integer(0).close_object();
  out.key("output_tokens").integer(usage.completion);
  out.key("output_tokens_details").open_object();
  out.key("reasoning_tokens").integer(0).close_object();
  out.key("total_tokens").integer(usage.total).close_object();
}

void write_error(json_writer& out, const response_result& result, bool begun) {
  out.key("error");
  if (result.status == "failed" && !begun)
    out.open_object().key("code").text("server_error").key("message").text(failure).close_object();
  else
    out.null();
  out.key("incomplete_details");
  if (result.status == "incomplete" && !begun)
    out.open_object().key("reason").text("max_output_tokens").close_object();
  else
    out.null();
}

void write_options(json_writer& out, const response_result& result) {
  repeat(out, result, "parallel_tool_calls", "true");
  repeat(out, result, "previous_response_id");
  repeat(out, result, "prompt_cache_key");
  write_reasoning(out, result);
  repeat(out, result, "safety_identifier");
  out.key("service_tier").text("default");
  repeat(out, result, "store", "true");
  repeat(out, result, "temperature", "1.0");
  write_format(out, result);
  repeat(out, result, "tool_choice", "\"auto\"");
  repeat(out, result, "tools", "[]");
  repeat(out, result, "top_logprobs", "0");
  repeat(out, result, "top_p", "1.0");
  repeat(out, result, "truncation", "\"disabled\"");
}

}  // namespace

response_result::response_result(const response_request& r, std::uint64_t h)
    : request(r), hash(h), id(identifier("resp_", h)), status("failed") {
  dice die(hash_pair(h, 0));
  item_id = identifier(is_call(*this) ? "fc_" : "msg_", die.next());
  if (r.fails) return;
  choice = make_choice(r.asked, die);
  usage.prompt = r.asked.prompt_tokens;
  usage.completion = choice.tokens;
  usage.total = usage.prompt + usage.completion;
  status = choice.cut ? "incomplete" : "completed";
}

void write_text_part(json_writer& out, std::string_view text) {
  out.open_object().key("type").text("output_text");
  out.key("annotations").open_array().close_array();
  out.key("logprobs").open_array().close_array();
  out.key("text").text(text).close_object();
}

void write_item(json_writer& out, const response_result& result, bool begun) {
  out.open_object().key("id").text(result.item_id);
  out.key("type").text(is_call(result) ? "function_call" : "message");
  out.key("status").text(begun ? "in_progress" : result.status);
  if (is_call(result)) {
    out.key("arguments").text(begun ? std::string_view() : result.choice.text);
    out.key("call_id").text(identifier("call_", hash_pair(result.hash, 2)));
    out.key("name").text(result.request.asked.tool).close_object();
    return;
  }
  out.key("content").open_array();
  if (!begun) write_text_part(out, result.choice.text);
  out.close_array().key("role").text("assistant").close_object();
}

void write_response(json_writer& out, const response_result& result, bool begun) {
  const auto& asked = result.request.asked;
  const auto created = creation_time(result.hash);
  out.open_object().key("id").text(result.id).key("object").text("response");
  out.key("created_at").integer(created);
  out.key("status").text(begun ? "in_progress" : result.status);
  out.key("background").boolean(false).key("completed_at");
  if (!begun && result.status == "completed")
    out.integer(created + 1);
  else
    out.null();
  write_error(out, result, begun);
  repeat(out, result, "instructions");
  repeat(out, result, "max_output_tokens");
  repeat(out, result, "max_tool_calls");
  out.key("model").text(asked.facts.snapshot.empty() ? asked.model : asked.facts.snapshot);
  out.key("output").open_array();
  if (!begun && result.status != "failed") write_item(out, result);
  out.close_array();
  write_options(out, result);
  out.key("usage");
  if (begun || result.status == "failed")
    out.null();
  else
    write_usage(out, result.usage);
  repeat(out, result, "user");
  repeat(out, result, "metadata", "{}");
  out.close_object();
}

}  // namespace batchmill::simulator_detail
