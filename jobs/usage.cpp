#include "jobs/usage.hpp"

#include "batchmill/json_walk.hpp"

namespace batchmill::jobs {

namespace {

/// Reads the value at `p` and returns the place behind it.
const char* read_count(const char* p, const char* end, std::int64_t& count) {
  const char* stop = json::behind_value(p, end);
  count = json::integer({p, static_cast<std::size_t>(stop - p)}).value_or(0);
  return stop;
}

const char* read_prompt_details(const char* p, const char* end, token_usage& usage) {
  usage.cached = usage.cache_written = 0;
  return json::walk_members(p, end, [&](std::string_view key, const char* value) {
    if (key == R"("cached_tokens")") return read_count(value, end, usage.cached);
    if (key == R"("cache_write_tokens")") return read_count(value, end, usage.cache_written);
    return json::behind_value(value, end);
  });
}

const char* read_completion_details(const char* p, const char* end, token_usage& usage) {
  usage.reasoning = 0;
  return json::walk_members(p, end, [&](std::string_view key, const char* value) {
    if (key == R"("reasoning_tokens")") return read_count(value, end, usage.reasoning);
    return json::behind_value(value, end);
  });
}

}  // namespace

const char* read_usage(const char* p, const char* end, token_usage& usage) {
  usage = token_usage();
  return json::walk_members(p, end, [&](std::string_view key, const char* value) {
    if (key == R"("prompt_tokens")" || key == R"("input_tokens")") {
      return read_count(value, end, usage.prompt);
    }
    if (key == R"("completion_tokens")" || key == R"("output_tokens")") {
      return read_count(value, end, usage.completion);
    }
    if (key == R"("total_tokens")") return read_count(value, end, usage.total);
    if (key == R"("prompt_tokens_details")" || key == R"("input_tokens_details")") {
      return read_prompt_details(value, end, usage);
    }
    if (key == R"("completion_tokens_details")" || key == R"("output_tokens_details")") {
      return read_completion_details(value, end, usage);
    }
    return json::behind_value(value, end);
  });
}

token_usage read_usage(std::string_view raw_object) {
  token_usage usage;
  if (json::kind_of(raw_object) != json::kind::object) return usage;
  raw_object.remove_prefix(raw_object.find('{'));
  read_usage(raw_object.data(), raw_object.data() + raw_object.size(), usage);
  return usage;
}

}  // namespace batchmill::jobs
