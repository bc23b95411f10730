#include "jobs/usage.hpp"

#include "batchmill/json_text.hpp"

namespace batchmill::jobs {

namespace {

std::int64_t count(std::string_view raw) {
  return json::integer(raw).value_or(0);
}

std::int64_t count_in(std::string_view object, std::string_view key) {
  return count(json::member(object, key).value_or(""));
}

}  // namespace

token_usage read_usage(std::string_view raw_object) {
  token_usage usage;
  json::for_each_member(raw_object, [&](std::string_view key, std::string_view value) {
    if (key == R"("prompt_tokens")" || key == R"("input_tokens")") {
      usage.prompt = count(value);
    } else if (key == R"("completion_tokens")" || key == R"("output_tokens")") {
      usage.completion = count(value);
    } else if (key == R"("total_tokens")") {
      usage.total = count(value);
    } else if (key == R"("prompt_tokens_details")" || key == R"("input_tokens_details")") {
      usage.cached = count_in(value, "cached_tokens");
      usage.cache_written = count_in(value, "cache_write_tokens");
    } else if (key == R"("completion_tokens_details")" || key == R"("output_tokens_details")") {
      usage.reasoning = count_in(value, "reasoning_tokens");
    }
    return true;
  });
  return usage;
}

}  // namespace batchmill::jobs
