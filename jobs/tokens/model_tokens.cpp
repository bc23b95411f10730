#include "jobs/tokens/model_tokens.hpp"

#include "jobs/tokens/encoding_names.hpp"

namespace batchmill::tokens {

namespace {

bool is_any_of(std::string_view model, std::initializer_list<std::string_view> beginnings) {
  for (const std::string_view beginning : beginnings) {
    if (model.starts_with(beginning)) return true;
  }
  return false;
}

}  // namespace

overheads overheads_of(std::string_view model) {
  if (model.starts_with("ft:")) {
    model.remove_prefix(3);
    model = model.substr(0, model.find(':'));
  }
  overheads around;
  if (model == "gpt-3.5-turbo-0301") {
    around.message = 4;
    around.name = -1;
  }
  const bool is_old = is_any_of(model, {"gpt-3.5", "gpt-35", "gpt-4-"}) || model == "gpt-4";
  if (is_old) around.function = 10;
  // Models that reason, and those that speak, are primed with one token less.
  if (is_any_of(model,
                {"o3", "o4", "gpt-5", "gpt-6", "gpt-audio", "gpt-4o-audio", "gpt-4o-mini-audio"})) {
    around.reply = 2;
  }
  return around;
}

const model_tokens& tokens_of_model(std::string_view model) {
  thread_local model_tokens last;
  thread_local bool is_known = false;
  if (is_known && last.model == model) return last;
  std::string_view name = encoding_of_model(model);
  last.known = !name.empty();
  if (name.empty()) name = "o200k_base";  // the best guess for what has other tokens
  last.model = model;
  last.encoding = find_token_encoding(name);
  last.around = overheads_of(model);
  is_known = true;
  return last;
}

}  // namespace batchmill::tokens
