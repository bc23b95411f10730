#include "jobs/body.hpp"

#include <algorithm>
#include <cstring>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"

namespace batchmill::jobs {

namespace {

void note(body_facts& facts, std::string_view key, std::string_view value) {
  if (json::key_is(key, "model")) {
    facts.has_model = true;
    facts.model = json::unquote(value).value_or("");
  } else if (json::key_is(key, "max_completion_tokens") || json::key_is(key, "max_tokens") ||
             json::key_is(key, "max_output_tokens")) {
    if (const auto bound = json::integer(value)) facts.max_output = *bound;
  } else if (json::key_is(key, "n")) {
    facts.choices = std::max<std::int64_t>(1, json::integer(value).value_or(1));
  } else if (json::key_is(key, "stream")) {
    facts.stream = value == "true";
  } else if (json::key_is(key, "stream_format")) {
    facts.stream = facts.stream || value == R"("sse")";
  }
}

void append_member(std::string& object, std::string_view key, std::string_view value) {
  object.pop_back();
  if (object.size() > 1) object += ',';
  object.append(key).append(":").append(value).append("}");
}

/// Bytes that continue a character, eight at a time.
std::size_t continuation_bytes(std::string_view text) {
  std::size_t count = 0;
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t block;
    std::memcpy(&block, text.data(), 8);
    // In each byte: the top bit set and the next one clear. The product sums the eight bytes.
    const std::uint64_t ones = (block >> 7) & ~(block >> 6) & 0x0101010101010101U;
    count += (ones * 0x0101010101010101U) >> 56;
  }
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) == 0x80 ? 1 : 0;
  return count;
}

}  // namespace

body_completion::body_completion(const job_spec& spec) {
  if (!spec.model.empty()) additions_.push_back({"model", "\"model\"", json::quote(spec.model)});
  const std::string& parameters = spec.parameters.text;
  if (parameters.empty()) return;
  if (json::kind_of(parameters) != json::kind::object) {
    throw usage_error(spec.where("parameters") + ": `parameters` must be a mapping");
  }
  json::for_each_member(parameters, [&](std::string_view raw_key, std::string_view value) {
    const std::string key = json::unquote(raw_key).value_or("");
    if (key == "model" && !spec.model.empty()) {
      throw usage_error(spec.where("parameters.model") +
                        ": the model stands here and in `model`; remove one of them");
    }
    additions_.push_back({key, std::string(raw_key), std::string(value)});
    return true;
  });
}

body_facts body_completion::complete(std::string& body) const {
  body_facts facts;
  std::vector<char> present(additions_.size());
  json::for_each_member(body, [&](std::string_view key, std::string_view value) {
    note(facts, key, value);
    for (std::size_t i = 0; i < additions_.size(); ++i) {
      if (json::key_is(key, additions_[i].key)) present[i] = 1;
    }
    return true;
  });
  for (std::size_t i = 0; i < additions_.size(); ++i) {
    if (present[i]) continue;
    note(facts, additions_[i].raw_key, additions_[i].value);
    append_member(body, additions_[i].raw_key, additions_[i].value);
  }
  return facts;
}

std::int64_t estimate_tokens(std::string_view body) {
  const std::size_t characters = body.size() - continuation_bytes(body);
  return static_cast<std::int64_t>((characters + 3) / 4);
}

}  // namespace batchmill::jobs
