#include "jobs/embeddings.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/packing/inputs.hpp"
#include "jobs/packing/packing_job.hpp"
#include "jobs/packing/pieces.hpp"
#include "jobs/prompt_tokens.hpp"
#include "jobs/vector.hpp"

namespace batchmill::jobs {
namespace {

constexpr endpoint_traits traits{.needs_model = true, .answers_alike = true, .counts_inputs = true};

// Of the API: https://platform.openai.com/docs/api-reference/embeddings/create
constexpr std::uint64_t most_inputs = 2048;
constexpr std::size_t most_tokens_per_input = 8192;

// What is noted of a row until its answer comes, besides `in_pieces`.
constexpr unsigned char wants_base64 = 2;  // it asked for base64 itself

bool writes_one_vector(output_format format) {
  return format == output_format::vectors || format == output_format::npy;
}

/// With what the spec's own keys add to its parameters.
job_spec with_dimensions(job_spec spec) {
  if (!spec.dimensions) return spec;
  std::string& parameters = spec.parameters.text;
  if (json::member(parameters, "dimensions")) {
    throw usage_error(spec.where("parameters.dimensions") +
                      ": the dimensions stand here and in `dimensions`; remove one of them");
  }
  if (parameters.empty()) parameters = "{}";
  parameters.pop_back();
  if (parameters.size() > 1) parameters += ',';
  parameters += R"("dimensions":)" + std::to_string(*spec.dimensions) + '}';
  return spec;
}

class embeddings_job : public packing_job {
 public:
  embeddings_job(const job_spec& spec, row_format format)
      : packing_job(with_dimensions(spec), format, traits, "data", packing_of(spec, most_inputs)),
        format_(spec.output.format),
        numbers_(spec.output.numbers),
        too_long_(spec.too_long),
        normalize_(spec.normalize) {}

 private:
  boost::system::result<prepared_request, row_failure> finish(prepared_request prepared,
                                                              const row& r) const override {
    put_inputs_in_array(prepared);
    if (prepared.inputs.count == 0) {
      prepared.prompt_tokens =
          prompt_tokens(tokens::prompt_shape::texts, prepared.request.body, prepared.model).tokens;
      return prepared;
    }
    if (prepared.inputs.count > 1 && writes_one_vector(format_)) {
      return fail(r, std::move(prepared.custom_id),
                  {"invalid_row",
                   "the row has several inputs, but this output format holds one "
                   "vector for each row; use `output.format: batch`"});
    }
    ask_for_base64(prepared);
    if (prepared.inputs.count == 1 && too_long_ != long_text::fail) shorten(prepared);
    prepared.prompt_tokens = tokens_of_inputs(prepared);
    return prepared;
  }

  static void ask_for_base64(prepared_request& prepared) {
    std::string& body = prepared.request.body;
    const auto asked = json::member(body, "encoding_format");
    if (asked && *asked == R"("base64")") prepared.inputs.note |= wants_base64;
    if (asked) return;
    body.pop_back();
    body += R"(,"encoding_format":"base64"})";
  }

  void shorten(prepared_request& prepared) const {
    if (too_long_ == long_text::average) return cut_input(prepared, most_tokens_per_input);
    const auto pieces = pieces_of_input(prepared, most_tokens_per_input);
    if (pieces.size() > 1) replace_inputs(prepared, pieces.front(), 1);
  }

  const char* read_rows(const packed_answer& answer, rows_view rows, const token_usage& tokens,
                        std::vector<reading>& each) const override {
    const auto items = items_by_index(answer.list, most_inputs);
    if (!fits(items, inputs_in(rows))) return "it has not one embedding for each input";
    const auto shares = share_usage(tokens, prompt_weights(rows));
    each.resize(rows.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t count = rows.size() == 1 ? items.size() : rows[i]->inputs.count;
      const auto own = std::span(items).subspan(next, count);
      next += count;
      const std::string usage =
          rows.size() == 1 ? std::string(answer.usage) : usage_json(shares[i]);
      each[i].kind = answer_kind::success;
      each[i].tokens = shares[i];
      if (!read_row(answer, own, *rows[i], usage, each[i])) {
        return "an embedding in it is no list of numbers";
      }
    }
    return nullptr;
  }

  /// A row of unknown inputs comes alone, and takes what there is.
  static bool fits(const std::vector<std::string_view>& items, std::size_t asked) {
    for (const std::string_view item : items) {
      if (item.data() == nullptr) return false;
    }
    return asked == 0 ? !items.empty() : asked == items.size();
  }

  bool wants_vectors(rows_view rows) const override {
    if (format_ != output_format::npy) return false;
    return std::ranges::none_of(
        rows, [](const prepared_request* row) { return (row->inputs.note & in_pieces) != 0; });
  }

  using items_of_row = std::span<const std::string_view>;

  bool read_row(const packed_answer& answer, items_of_row items, const prepared_request& row,
                const std::string& usage, reading& result) const {
    if (writes_one_vector(format_) || (row.inputs.note & in_pieces) != 0) {
      return read_one_vector(answer, items, row, usage, result);
    }
    std::string list;
    std::string vectors;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto embedding = shown(items[i], row);
      if (!embedding) return false;
      list += i == 0 ? '[' : ',';
      append_item(items[i], i, "embedding", *embedding, list);
      if (i > 0) vectors += ',';
      vectors += *embedding;
    }
    if (items.size() != 1) vectors = '[' + vectors + ']';
    put(answer, list + ']', vectors, usage, result);
    return true;
  }

  bool read_one_vector(const packed_answer& answer, items_of_row items, const prepared_request& row,
                       const std::string& usage, reading& result) const {
    if (answer.vectors) return take_vector(*answer.vectors, items, result);
    const auto vector = one_vector(items, row);
    if (!vector) return false;
    if (format_ == output_format::npy) {
      result.vector = to_bytes(*vector, numbers_);
    } else if (format_ == output_format::vectors) {
      result.text = to_json(*vector);
    } else {
      std::string list = "[";
      const std::string shown = to_json(*vector);
      append_item(items.front(), 0, "embedding", shown, list);
      put(answer, list + ']', shown, usage, result);
    }
    return true;
  }

  bool take_vector(const packed_vectors& vectors, items_of_row items, reading& result) const {
    if (items.size() != 1) return false;
    const std::string_view raw = json::member(items.front(), "embedding").value_or("");
    const std::span values = vector_of(vectors, raw);
    if (values.empty()) return false;
    if (normalize_) scale_to_one(values);
    const std::string_view bytes(reinterpret_cast<const char*>(values.data()),
                                 make_bytes(values, numbers_));
    result.vector = shared_bytes(vectors.block, bytes);
    return true;
  }

  std::optional<embedding> one_vector(items_of_row items, const prepared_request& row) const {
    std::vector<embedding> parts;
    for (const std::string_view item : items) {
      auto values = read_embedding(json::member(item, "embedding").value_or(""));
      if (!values || (!parts.empty() && values->size() != parts.front().size())) return {};
      parts.push_back(std::move(*values));
    }
    if (parts.empty()) return {};
    embedding result = std::move(parts.front());
    if (parts.size() > 1) {
      std::vector<double> weights;
      for (const std::string_view input : split_inputs(row)) {
        weights.push_back(static_cast<double>(tokens_of_input(input, row.model)));
      }
      parts.front() = std::move(result);
      result = average(parts, weights);
    }
    if (normalize_) scale_to_one(result);
    return result;
  }

  /// The embedding as it stands in the API's answer: in the encoding that the row knows of.
  std::optional<std::string> shown(std::string_view item, const prepared_request& row) const {
    const std::string_view raw = json::member(item, "embedding").value_or("");
    const bool is_text = json::kind_of(raw) == json::kind::string;
    const bool stays =
        is_text ? (row.inputs.note & wants_base64) != 0 : json::kind_of(raw) == json::kind::array;
    if (stays && !normalize_) return std::string(raw);
    auto values = read_embedding(raw);
    if (!values) return std::nullopt;
    if (normalize_) scale_to_one(*values);
    return to_json(*values);
  }

  void put(const packed_answer& answer, const std::string& list, const std::string& vectors,
           const std::string& usage, reading& result) const {
    result.body = with_list(answer, list, usage);
    if (!wants_text()) return;
    result.text = vectors;
    result.usage = usage;
  }

  output_format format_;
  number_type numbers_;
  long_text too_long_;
  bool normalize_;
};

}  // namespace

std::unique_ptr<row_job> make_embeddings(const job_spec& spec, row_format format) {
  return std::make_unique<embeddings_job>(spec, format);
}

}  // namespace batchmill::jobs
