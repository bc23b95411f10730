#include "jobs/completions.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "batchmill/json_text.hpp"
#include "jobs/packing/inputs.hpp"
#include "jobs/packing/packing_job.hpp"
#include "jobs/prompt_tokens.hpp"

namespace batchmill::jobs {

namespace {

constexpr endpoint_traits traits{.needs_model = true, .output_guess = 16};  // the API's default

constexpr std::uint64_t most_prompts = 2048;
constexpr std::uint64_t usual_rows = 20;  // a request takes as long as its longest completion
constexpr std::size_t most_choices = most_prompts * 128;

/// With these an answer is not, or not certainly, what its row would have got alone: a seed is for
/// the whole request, a suffix for one insertion, and offsets could count from the first prompt.
constexpr std::array<std::string_view, 3> keys_for_one = {"seed", "suffix", "logprobs"};

pack_limits packing_for(const job_spec& spec) {
  pack_limits packing = packing_of(spec, most_prompts);
  const bool given = spec.pack.rows != pack_spec().rows || spec.marks.contains("pack.rows");
  if (!given) packing.rows = usual_rows;
  return packing;
}

bool can_share(std::string_view body) {
  bool can = true;
  json::for_each_member(body, [&](std::string_view key, std::string_view value) {
    const auto is = [&](std::string_view name) { return json::key_is(key, name); };
    can = value == "null" || std::none_of(keys_for_one.begin(), keys_for_one.end(), is);
    return can;
  });
  return can;
}

/// Choices for each prompt.
std::size_t choices_asked(const prepared_request& prepared) {
  const std::string_view n = json::member(prepared.request.body, "n").value_or("1");
  return static_cast<std::size_t>(std::max<std::int64_t>(1, json::integer(n).value_or(1)));
}

using choices_view = std::span<const std::string_view>;

/// The raw text of the only choice; of several, as several prompts have them, an array of them.
std::string answer_text(choices_view choices) {
  std::string texts;
  for (const std::string_view choice : choices) {
    if (!texts.empty()) texts += ',';
    texts += json::member(choice, "text").value_or("null");
  }
  if (choices.empty()) return "null";
  return choices.size() == 1 ? texts : "[" + texts + "]";
}

/// What was written for a row, for its part of the completion tokens.
std::int64_t weight_of(choices_view choices) {
  std::int64_t weight = 0;
  for (const std::string_view choice : choices) {
    weight += static_cast<std::int64_t>(json::member(choice, "text").value_or("").size());
  }
  return weight;
}

std::string usage_of_row(const token_usage& usage) {
  return R"({"prompt_tokens":)" + std::to_string(usage.prompt) + R"(,"completion_tokens":)" +
         std::to_string(usage.completion) + R"(,"total_tokens":)" + std::to_string(usage.total) +
         '}';
}

class completions_job : public packing_job {
 public:
  completions_job(const job_spec& spec, row_format format)
      : packing_job(spec, format, traits, "choices", packing_for(spec)) {}

 private:
  boost::system::result<prepared_request, row_failure> finish(prepared_request prepared,
                                                              const row&) const override {
    if (!can_share(prepared.request.body)) return prepared;
    find_inputs(prepared, "prompt");
    if (prepared.inputs.count == 0) return prepared;
    prepared.prompt_tokens = tokens_of_inputs(prepared);
    return prepared;
  }

  const char* read_rows(const packed_answer& answer, rows_view rows, const token_usage& tokens,
                        std::vector<reading>& each) const override {
    each.resize(rows.size());
    if (rows.size() == 1) {
      put(answer.body, items_of(answer.list), std::string(answer.usage), tokens, each.front());
      return nullptr;
    }
    const std::size_t of_prompt = choices_asked(*rows.front());
    const auto choices = items_by_index(answer.list, most_choices);
    if (choices.size() != of_prompt * inputs_in(rows) || any_missing(choices)) {
      return "it has not the choices of each prompt";
    }
    std::vector<choices_view> own;
    std::size_t next = 0;
    for (const prepared_request* row : rows) {
      own.push_back(choices_view(choices).subspan(next, of_prompt * row->inputs.count));
      next += own.back().size();
    }
    read_parts(answer, own, shares_by(tokens, rows, own), each);
    return nullptr;
  }

  static bool any_missing(choices_view choices) {
    return std::any_of(choices.begin(), choices.end(),
                       [](std::string_view choice) { return choice.data() == nullptr; });
  }

  static std::vector<token_usage> shares_by(const token_usage& tokens, rows_view rows,
                                            const std::vector<choices_view>& own) {
    std::vector<std::int64_t> written;
    for (const choices_view choices : own) written.push_back(weight_of(choices));
    auto shares = share_usage(tokens, prompt_weights(rows));
    const auto completions = shares_of(tokens.completion, written);
    const auto reasoning = shares_of(tokens.reasoning, written);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      shares[i].completion = completions[i];
      shares[i].reasoning = reasoning[i];
      shares[i].total = shares[i].prompt + shares[i].completion;
    }
    return shares;
  }

  void read_parts(const packed_answer& answer, const std::vector<choices_view>& own,
                  const std::vector<token_usage>& shares, std::vector<reading>& each) const {
    for (std::size_t i = 0; i < own.size(); ++i) {
      std::string list;
      for (std::size_t k = 0; k < own[i].size(); ++k) {
        list += k == 0 ? '[' : ',';
        append_item(own[i][k], k, "", "", list);
      }
      const std::string usage = answer.usage.empty() ? "" : usage_of_row(shares[i]);
      put(with_list(answer, list + ']', usage), own[i], usage, shares[i], each[i]);
    }
  }

  void put(std::string body, choices_view choices, const std::string& usage,
           const token_usage& tokens, reading& result) const {
    result.kind = answer_kind::success;
    result.tokens = tokens;
    result.body = std::move(body);
    if (!wants_text()) return;
    result.text = answer_text(choices);
    result.usage = usage;
  }

  /// Some servers take one prompt a request, whatever they are sent: smaller packs will do better.
  reading unusable(const packed_answer& answer, rows_view rows, const char* why) const override {
    reading result = packing_job::unusable(answer, rows, why);
    if (rows.size() > 1) result.kind = answer_kind::row_failed;
    return result;
  }
};

}  // namespace

std::unique_ptr<row_job> make_completions(const job_spec& spec, row_format format) {
  return std::make_unique<completions_job>(spec, format);
}

}  // namespace batchmill::jobs
