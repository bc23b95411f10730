// batchmill_recorded_tokens FILE: counts the prompts of recorded requests and compares with what
// the API answered. Prints how many are right to the token, and of each other one why it is not.
// Ends with 1 when one is wrong without a known reason, or right in spite of one.
#include <cstdio>
#include <fstream>
#include <string>

#include "batchmill/json_text.hpp"
#include "jobs/tokens/request_tokens.hpp"

namespace {

using namespace batchmill;

std::string text_of(const std::string& row, const char* key) {
  return json::unquote(json::member(row, key).value_or("")).value_or("");
}

std::int64_t answered(const std::string& row) {
  for (const char* key : {"tokens", "prompt_tokens", "input_tokens"}) {
    if (const auto value = json::member(row, key)) return json::integer(*value).value_or(0);
  }
  return 0;
}

tokens::prompt_shape shape_of(const std::string& kind) {
  if (kind == "chat") return tokens::prompt_shape::messages;
  return kind == "responses" ? tokens::prompt_shape::items : tokens::prompt_shape::texts;
}

/// Why a count may be wrong; null where it may not.
const char* known_reason(const std::string& row, const std::string& kind,
                         const std::string& model) {
  if (model.find("search-preview") != std::string::npos) {
    return "search models are not shown all of the prompt";
  }
  if (model.starts_with("o1-mini")) return "o1-mini's frame is not known: there is one recording";
  const std::string from = text_of(row, "from") + text_of(row, "src");
  if (kind == "responses" && from.starts_with("alexrudall/ruby-openai")) {
    return "18 more in all recordings of this project and in no others: not all of the request "
           "was recorded";
  }
  return nullptr;
}

}  // namespace

int main(int count, char** arguments) {
  std::ifstream file(count == 2 ? arguments[1] : "");
  int rows = 0;
  int exact = 0;
  int unexplained = 0;
  for (std::string row; std::getline(file, row);) {
    const std::string kind = text_of(row, "kind");
    const std::string model = text_of(row, "model");
    const auto counted = tokens::count_prompt(shape_of(kind), row, model);
    if (!counted) {
      std::printf("Skipped: the table of %s is not there\n", model.c_str());
      return 77;
    }
    const char* const reason = known_reason(row, kind, model);
    const bool is_exact = counted->tokens == answered(row);
    ++rows;
    exact += is_exact;
    unexplained += is_exact == (reason != nullptr);
    if (is_exact && !reason) continue;
    std::printf("%s, %s: counted %lld, answered %lld: %s\n", kind.c_str(), model.c_str(),
                static_cast<long long>(counted->tokens), static_cast<long long>(answered(row)),
                reason ? reason : "no reason known");
  }
  std::printf("%d of %d recorded prompts are counted exactly; %d unexplained\n", exact, rows,
              unexplained);
  return rows == 0 || unexplained > 0;
}
