#include "jobs/moderations.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "batchmill/json_text.hpp"
#include "jobs/moderation_result.hpp"
#include "jobs/packing/inputs.hpp"
#include "jobs/packing/packing_job.hpp"
#include "jobs/packing/pieces.hpp"
#include "jobs/prompt_tokens.hpp"

namespace batchmill::jobs {
namespace {

// The API has a model of its own choice.
constexpr endpoint_traits traits{.answers_alike = true, .counts_inputs = true};

// What older and compatible servers take at a time; newer models take more.
constexpr std::size_t most_tokens_per_input = 4096;
constexpr std::uint64_t most_inputs = 2048;

class moderations_job : public packing_job {
 public:
  moderations_job(const job_spec& spec, row_format format)
      : packing_job(spec, format, traits, "results", packing_of(spec, most_inputs)),
        thresholds_(spec) {}

 private:
  boost::system::result<prepared_request, row_failure> finish(prepared_request prepared,
                                                              const row&) const override {
    prepared.prompt_exact = false;  // the API does not tell what it counts
    put_inputs_in_array(prepared);
    if (prepared.inputs.count == 0) {
      prepared.prompt_tokens =
          prompt_tokens(tokens::prompt_shape::texts, prepared.request.body, prepared.model).tokens;
      return prepared;
    }
    if (prepared.inputs.count == 1 && is_text(prepared)) {
      cut_input(prepared, most_tokens_per_input);
    }
    prepared.prompt_tokens = tokens_of_inputs(prepared);
    return prepared;
  }

  static bool is_text(const prepared_request& prepared) {
    return json::kind_of(inputs_of(prepared)) == json::kind::string;
  }

  const char* read_rows(const packed_answer& answer, rows_view rows, const token_usage& tokens,
                        std::vector<reading>& each) const override {
    const auto results = items_of(answer.list);
    const std::size_t asked = inputs_in(rows);
    // A row that is no text comes alone, and takes what there is.
    if (results.empty() || (asked > 0 && asked != results.size())) {
      return "it has not one result for each input";
    }
    const auto shares = share_usage(tokens, prompt_weights(rows));
    std::size_t next = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t count = rows.size() == 1 ? results.size() : rows[i]->inputs.count;
      each.push_back(read_row(answer, std::span(results).subspan(next, count), *rows[i]));
      each.back().tokens = shares[i];
      next += count;
    }
    return nullptr;
  }

  reading read_row(const packed_answer& answer, std::span<const std::string_view> results,
                   const prepared_request& row) const {
    reading result;
    result.kind = answer_kind::success;
    const auto all = combine(results, thresholds_);
    if (all.flagged) result.labels.emplace_back("flagged");
    result.labels.insert(result.labels.end(), all.categories.begin(), all.categories.end());
    if (wants_text()) result.members = members_of(all);
    // The texts of a row that brought several keep a result each.
    std::string list = "[";
    const bool one = (row.inputs.note & in_pieces) != 0 || results.size() == 1;
    for (std::size_t i = 0; i < (one ? 1 : results.size()); ++i) {
      if (i > 0) list += ',';
      list += one ? all.json : combine(results.subspan(i, 1), thresholds_).json;
    }
    result.body = with_list(answer, list + ']', "");
    return result;
  }

  static std::string members_of(const moderation_result& found) {
    std::string members = std::string(R"("flagged":)") + (found.flagged ? "true" : "false");
    members += R"(,"categories":[)";
    for (const std::string& category : found.categories) {
      if (&category != &found.categories.front()) members += ',';
      members += json::quote(category);
    }
    members += R"(],"score":)" + (found.score.empty() ? "null" : found.score);
    return members;
  }

  moderation_thresholds thresholds_;
};

}  // namespace

std::unique_ptr<row_job> make_moderations(const job_spec& spec, row_format format) {
  return std::make_unique<moderations_job>(spec, format);
}

}  // namespace batchmill::jobs
