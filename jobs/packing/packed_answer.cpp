#include "jobs/packing/packed_answer.hpp"

#include <utility>

#include "batchmill/json_text.hpp"
#include "jobs/packing/inputs.hpp"

namespace batchmill::jobs {
namespace {

reading no_json(const http_response& response, const json::fault& fault) {
  return malformed(quoted_beginning(response.body), std::string("it is no JSON: ") + fault.what +
                                                        " at byte " + std::to_string(fault.offset));
}

}  // namespace

bool read_list(const http_response& response, std::string_view key, const failure_judge& judge,
               packed_answer& answer, reading& refusal) {
  if (response.status < 200 || response.status > 299) {
    refusal = read_failure(response, judge);
    refusal.for_all = concerns_all(response.status, refusal);
    return false;
  }
  if (const auto fault = json::minify(response.body, answer.body)) {
    refusal = no_json(response, *fault);
    return false;
  }
  std::string_view error;
  json::for_each_member(answer.body, [&](std::string_view name, std::string_view value) {
    if (json::key_is(name, key)) answer.list = value;
    if (name == R"("usage")") answer.usage = value;
    if (name == R"("error")") error = value;
    return true;
  });
  if (error.data() != nullptr && json::kind_of(error) != json::kind::null) {
    refusal = judge.judge(response.status, read_api_error(answer.body), answer.body);
    refusal.for_all = concerns_all(0, refusal);
    return false;
  }
  if (json::kind_of(answer.list) == json::kind::array) return true;
  // Beginnings alone: what is kept of a failure is kept for every row.
  refusal = malformed(quoted_beginning(answer.body), "it has no `" + std::string(key) + "`");
  return false;
}

std::vector<std::string_view> items_of(std::string_view list) {
  std::vector<std::string_view> items;
  json::for_each_element(list, [&](std::string_view item) {
    items.push_back(item);
    return true;
  });
  return items;
}

std::vector<std::string_view> items_by_index(std::string_view list, std::size_t last) {
  std::vector<std::string_view> items;
  json::for_each_element(list, [&](std::string_view item) {
    const auto raw = json::member(item, "index");
    const auto index = static_cast<std::size_t>(raw ? json::integer(*raw).value_or(-1)
                                                    : static_cast<std::int64_t>(items.size()));
    if (index > last) return true;
    if (index >= items.size()) items.resize(index + 1);
    items[index] = item;
    return true;
  });
  return items;
}

void append_item(std::string_view item, std::size_t index, std::string_view key,
                 std::string_view value, std::string& list) {
  char separator = '{';
  json::for_each_member(item, [&](std::string_view name, std::string_view present) {
    list += separator;
    separator = ',';
    list.append(name).append(":");
    if (name == R"("index")") {
      list += std::to_string(index);
    } else if (!key.empty() && json::key_is(name, key)) {
      list += value;
    } else {
      list += present;
    }
    return true;
  });
  list += '}';
}

std::string with_list(const packed_answer& answer, std::string_view list, std::string_view usage) {
  std::string body;
  body.reserve(list.size() + usage.size() + 128);
  json::for_each_member(answer.body, [&](std::string_view name, std::string_view value) {
    const bool is_list = value.data() == answer.list.data();
    const bool is_usage = value.data() == answer.usage.data() && !usage.empty();
    body += body.empty() ? '{' : ',';
    body.append(name).append(":");
    body += is_list ? list : is_usage ? usage : value;
    return true;
  });
  body += '}';
  return body;
}

std::vector<token_usage> share_usage(const token_usage& all, const std::vector<std::int64_t>& by) {
  std::vector<token_usage> shares(by.size());
  for (const auto member : {&token_usage::prompt, &token_usage::completion, &token_usage::total,
                            &token_usage::cached, &token_usage::reasoning}) {
    if (all.*member == 0) continue;
    const auto parts = shares_of(all.*member, by);
    for (std::size_t i = 0; i < parts.size(); ++i) shares[i].*member = parts[i];
  }
  return shares;
}

std::string usage_json(const token_usage& usage) {
  return R"({"prompt_tokens":)" + std::to_string(usage.prompt) + R"(,"total_tokens":)" +
         std::to_string(usage.total) + '}';
}

}  // namespace batchmill::jobs
