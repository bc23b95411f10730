#include "jobs/models/context_check.hpp"

#include <algorithm>

namespace batchmill::jobs {

namespace {

constexpr const char* code = "context_length_exceeded";
constexpr const char* way_out =
    "; shorten it, choose another model, or correct the model in a file that `models` names";

std::string number(std::int64_t n) {
  return std::to_string(n);
}

}  // namespace

std::optional<row_problem> context_check::judge(const prepared_request& prepared,
                                                const body_facts& facts) const {
  const sizes& model = sizes_of(prepared.model);
  const std::int64_t output = std::max<std::int64_t>(0, facts.max_output.value_or(0));
  if (model.max_output && output > *model.max_output) {
    return row_problem(code,
                       "the body asks for up to " + number(output) + " output tokens, but " +
                           prepared.model + " gives at most " + number(*model.max_output) +
                           "; ask for less, or correct the model in a file that `models` names");
  }
  if (!prepared.prompt_exact || facts.prompts_apart) return std::nullopt;
  const std::int64_t prompt = prepared.prompt_tokens;
  if (model.max_input && prompt > *model.max_input) {
    return row_problem(code, "the prompt has " + number(prompt) + " tokens, but " + prepared.model +
                                 " takes at most " + number(*model.max_input) + way_out);
  }
  if (model.context && prompt + output > *model.context) {
    const std::string answer =
        output > 0 ? ", and with up to " + number(output) + " of output that is" : ",";
    return row_problem(code, "the prompt has " + number(prompt) + " tokens" + answer +
                                 " more than the " + number(*model.context) + " that " +
                                 prepared.model + " takes" + way_out);
  }
  return std::nullopt;
}

const context_check::sizes& context_check::sizes_of(const std::string& model) const {
  const auto found = seen_.find(model);
  if (found != seen_.end()) return found->second;
  sizes s;
  if (const auto known = models_.find(model))
    s = {known->context, known->max_input, known->max_output};
  return seen_.emplace(model, s).first->second;
}

}  // namespace batchmill::jobs
