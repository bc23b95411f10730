#include "jobs/moderations.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "batchmill/json_text.hpp"
#include "jobs/answer.hpp"
#include "jobs/moderation_result.hpp"
#include "jobs/packing/inputs.hpp"
#include "jobs/packing/packed_answer.hpp"
#include "jobs/packing/pieces.hpp"
#include "jobs/prompt_tokens.hpp"
#include "jobs/request_builder.hpp"
#include "jobs/usage.hpp"

namespace batchmill::jobs {
namespace {

// The API has a model of its own choice.
constexpr endpoint_traits traits{.answers_alike = true, .counts_inputs = true};

// What older and compatible servers take at a time; newer models take more.
constexpr std::size_t most_tokens_per_input = 4096;
constexpr std::uint64_t most_inputs = 2048;

constexpr unsigned char in_pieces = 1;  // the row's inputs are parts of one text

class moderations_job : public row_job {
 public:
  moderations_job(const job_spec& spec, row_format format)
      : builder_(spec, format, traits),
        judge_(spec, format),
        thresholds_(spec),
        wants_text_(spec.output.format == output_format::text) {
    packing_.rows = spec.pack.rows;
    packing_.inputs = most_inputs;
    packing_.tokens = static_cast<std::int64_t>(spec.pack.tokens);
  }

  boost::system::result<prepared_request, row_failure> prepare(const row& r) const override {
    auto prepared = builder_.prepare(r);
    if (!prepared) return prepared;
    put_inputs_in_array(*prepared);
    if (prepared->inputs.count == 0) {
      prepared->prompt_tokens =
          prompt_tokens(tokens::prompt_shape::texts, prepared->request.body, prepared->model);
      return prepared;
    }
    if (prepared->inputs.count == 1) cut(*prepared);
    prepared->prompt_tokens = tokens_of_inputs(*prepared);
    return prepared;
  }

  pack_limits packing() const override { return packing_; }

  reading read(http_response response) const override {
    const prepared_request one;
    const prepared_request* const rows[] = {&one};
    std::vector<reading> each;
    reading whole = read_packed(std::move(response), rows, each);
    return each.empty() ? whole : std::move(each.front());
  }

  reading read_packed(http_response response, std::span<const prepared_request* const> rows,
                      std::vector<reading>& each) const override {
    packed_answer answer;
    reading whole;
    if (!read_list(response, "results", judge_, answer, whole)) return whole;
    std::vector<std::string_view> results;
    json::for_each_element(answer.list, [&](std::string_view result) {
      results.push_back(result);
      return true;
    });
    if (!fits(results.size(), rows)) return malformed(quoted_beginning(answer.body), misfit);
    whole.kind = answer_kind::success;
    whole.tokens = read_usage(answer.usage);
    read_rows(answer, results, rows, whole.tokens, each);
    return whole;
  }

 private:
  static constexpr const char* misfit = "it has not one result for each input";

  static void cut(prepared_request& prepared) {
    const std::string_view text = inputs_of(prepared);
    if (text.size() <= most_tokens_per_input || json::kind_of(text) != json::kind::string) return;
    const auto pieces = pieces_of(text, most_tokens_per_input);
    if (pieces.size() == 1) return;
    std::string joined;
    for (const std::string& piece : pieces) {
      if (!joined.empty()) joined += ',';
      joined += piece;
    }
    replace_inputs(prepared, joined, static_cast<unsigned>(pieces.size()));
    prepared.inputs.note |= in_pieces;
  }

  /// A row that is no text comes alone, and takes what there is.
  static bool fits(std::size_t results, std::span<const prepared_request* const> rows) {
    std::size_t asked = 0;
    for (const prepared_request* row : rows) asked += row->inputs.count;
    return results > 0 && (asked == 0 || asked == results);
  }

  void read_rows(const packed_answer& answer, const std::vector<std::string_view>& results,
                 std::span<const prepared_request* const> rows, const token_usage& tokens,
                 std::vector<reading>& each) const {
    std::vector<std::int64_t> weights;
    for (const prepared_request* row : rows) weights.push_back(row->prompt_tokens);
    const auto shares = share_usage(tokens, weights);
    std::size_t next = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t count = rows.size() == 1 ? results.size() : rows[i]->inputs.count;
      each.push_back(read_row(answer, std::span(results).subspan(next, count), *rows[i]));
      each.back().tokens = shares[i];
      next += count;
    }
  }

  reading read_row(const packed_answer& answer, std::span<const std::string_view> results,
                   const prepared_request& row) const {
    reading result;
    result.kind = answer_kind::success;
    const auto all = combine(results, thresholds_);
    if (all.flagged) result.labels.emplace_back("flagged");
    result.labels.insert(result.labels.end(), all.categories.begin(), all.categories.end());
    if (wants_text_) result.members = members_of(all);
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

  request_builder builder_;
  failure_judge judge_;
  moderation_thresholds thresholds_;
  bool wants_text_;
  pack_limits packing_;
};

}  // namespace

std::unique_ptr<row_job> make_moderations(const job_spec& spec, row_format format) {
  return std::make_unique<moderations_job>(spec, format);
}

}  // namespace batchmill::jobs
