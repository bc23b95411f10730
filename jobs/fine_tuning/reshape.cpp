#include "jobs/fine_tuning/reshape.hpp"

#include <algorithm>
#include <vector>

#include "batchmill/json_text.hpp"
#include "jobs/fine_tuning/raw_text.hpp"

namespace batchmill::fine_tuning {

namespace {

bool matches(std::string_view content, const mask_rules& rules) {
  const std::string text = json::unquote(content).value_or("");
  if (rules.refusals && is_refusal(contents_of(content))) return true;
  return std::ranges::any_of(rules.containing, [&](const std::string& part) {
    return text.find(part) != std::string::npos;
  });
}

/// The bytes of escaped text that mean the first `length` bytes of it.
std::size_t escaped_size(std::string_view contents, std::size_t length) {
  std::size_t at = 0;
  std::string meaning;
  for (std::size_t seen = 0; at < contents.size() && seen < length;) {
    if (contents[at] != '\\') {
      ++at;
      ++seen;
      continue;
    }
    meaning.clear();
    const char* const end = contents.data() + contents.size();
    const char* const next = json::detail::unescape(contents.data() + at, end, meaning);
    if (next == nullptr) return at;
    if (seen + meaning.size() > length) return at;
    at = static_cast<std::size_t>(next - contents.data());
    seen += meaning.size();
  }
  return at;
}

}  // namespace

std::string masked(std::string_view example, const mask_rules& rules) {
  std::vector<std::string_view> answers;
  const std::string_view messages = json::member(example, "messages").value_or("");
  json::for_each_element(messages, [&](std::string_view message) {
    if (json::member(message, "role") == R"("assistant")") answers.push_back(message);
    return true;
  });
  std::string out;
  const char* copied = example.data();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::string_view content = json::member(answers[i], "content").value_or("");
    const bool is_earlier = rules.earlier_answers && i + 1 < answers.size();
    if (json::member(answers[i], "weight") || !(is_earlier || matches(content, rules))) continue;
    const char* const brace = answers[i].data() + answers[i].size() - 1;
    out.append(copied, brace).append(",\"weight\":0");
    copied = brace;
  }
  return out.append(copied, example.data() + example.size());
}

std::string with_present_names(std::string_view example) {
  std::string out;
  const char* copied = example.data();
  json::for_each_member(example, [&](std::string_view key, std::string_view) {
    const bool preferred = json::key_is(key, "preferred_completion");
    if (!preferred && !json::key_is(key, "non_preferred_completion")) return true;
    out.append(copied, key.data());
    out += preferred ? R"("preferred_output")" : R"("non_preferred_output")";
    copied = key.data() + key.size();
    return true;
  });
  return out.append(copied, example.data() + example.size());
}

std::optional<std::string> trimmed(std::string_view example, std::int64_t tokens,
                                   const token_encoding& encoding) {
  std::string_view longest;
  const std::string_view messages = json::member(example, "messages").value_or("");
  json::for_each_element(messages, [&](std::string_view message) {
    const std::string_view content = json::member(message, "content").value_or("");
    if (json::member(message, "role") == R"("user")" && !content.empty() &&
        content.front() == '"' && content.size() > longest.size()) {
      longest = content;
    }
    return true;
  });
  const std::string text = json::unquote(longest).value_or("");
  const std::int64_t left = static_cast<std::int64_t>(encoding.count(text)) - tokens;
  if (left < 1) return std::nullopt;
  const std::size_t kept = encoding.first_tokens(text, static_cast<std::size_t>(left)).size();
  const std::string_view contents = contents_of(longest);
  const char* const cut = contents.data() + escaped_size(contents, kept);
  std::string out(example.data(), cut);
  return out.append(contents.data() + contents.size(), example.data() + example.size());
}

}  // namespace batchmill::fine_tuning
