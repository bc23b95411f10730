#include "jobs/expectation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "batchmill/error.hpp"

namespace batchmill::jobs {

namespace {

constexpr std::size_t shown_at_most = 60;  // bytes of an answer in a message

std::string read_schema_file(const job_spec& spec) {
  const std::string path = spec.resolve(spec.expect.schema.file);
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (file && !text.empty()) return text;
  throw usage_error(fmt::format("{}: the schema {} cannot be read: {}", spec.where("expect.schema"),
                                path, file ? "it is empty" : std::strerror(errno)));
}

std::optional<schema_check> schema_of(const job_spec& spec) {
  const schema_source& schema = spec.expect.schema;
  const std::string where = spec.where("expect.schema");
  if (!schema.text.text.empty())
    return std::optional<schema_check>(std::in_place, schema.text.text, where);
  if (schema.file.empty()) return std::nullopt;
  return std::optional<schema_check>(std::in_place, read_schema_file(spec),
                                     where + ": " + spec.resolve(schema.file));
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string beginning(std::string_view text) {
  if (text.size() <= shown_at_most) return std::string(text);
  std::size_t n = shown_at_most;
  // Not in the middle of a character.
  while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
  return std::string(text.substr(0, n)) + "…";
}

}  // namespace

expectation::expectation(const job_spec& spec)
    : given_(spec.expect.given()),
      whole_(spec.expect.finish == finish_rule::stop),
      labels_(spec.expect.one_of),
      schema_(schema_of(spec)) {}

std::optional<row_problem> expectation::judge(const std::vector<utterance>& said) const {
  for (const utterance& one : said) {
    if (auto problem = judge(one)) return problem;
  }
  if (!said.empty()) return std::nullopt;
  return row_problem("no_text", "the answer holds no text");
}

void expectation::apply(const std::vector<utterance>& said, reading& r) const {
  auto problem = judge(said);
  if (!problem) return;
  r.kind = answer_kind::unexpected;
  r.code = std::move(problem->code);
  r.message = std::move(problem->sentence);
}

std::optional<row_problem> expectation::judge(const utterance& said) const {
  if (!said.refusal.empty()) {
    return row_problem("refused", "the model refused: " + said.refusal);
  }
  if (whole_ && !said.cut.empty()) {
    return row_problem("finish_" + said.cut,
                       said.cut == "length" ? "the answer was cut off at the bound of its tokens"
                                            : fmt::format("the answer ended early: {}", said.cut));
  }
  return judge_text(said.text);
}

std::optional<row_problem> expectation::judge_text(const std::string& text) const {
  const std::string_view core = trimmed(text);
  if (!labels_.empty() && std::find(labels_.begin(), labels_.end(), core) == labels_.end()) {
    return row_problem("not_one_of", fmt::format("the answer '{}' is not one of {}",
                                                 beginning(core), fmt::join(labels_, ", ")));
  }
  if (!schema_) return std::nullopt;
  const std::string fault = schema_->fault(core);
  if (fault.empty()) return std::nullopt;
  return row_problem("schema_mismatch", "the answer does not fit the schema: " + fault);
}

void refuse_expectation(const job_spec& spec) {
  if (!spec.expect.given()) return;
  throw usage_error(
      fmt::format("{}: `expect` is for /v1/chat/completions and /v1/responses, not "
                  "for {}; remove it",
                  spec.where("expect"), spec.endpoint));
}

}  // namespace batchmill::jobs
