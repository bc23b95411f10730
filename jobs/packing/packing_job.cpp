#include "jobs/packing/packing_job.hpp"

#include "jobs/usage.hpp"

namespace batchmill::jobs {

packing_job::packing_job(const job_spec& spec, row_format format, endpoint_traits traits,
                         std::string_view list_key, const pack_limits& packing)
    : builder_(spec, format, traits),
      judge_(spec, format),
      list_key_(list_key),
      packing_(packing),
      wants_text_(spec.output.format == output_format::text) {}

boost::system::result<prepared_request, row_failure> packing_job::prepare(const row& r) const {
  auto prepared = builder_.prepare(r);
  if (!prepared) return prepared;
  return finish(std::move(*prepared), r);
}

reading packing_job::read(http_response response) const {
  const prepared_request one;
  const prepared_request* const rows[] = {&one};
  std::vector<reading> each;
  reading whole = read_packed(std::move(response), rows, each);
  return each.empty() ? whole : std::move(each.front());
}

reading packing_job::read_packed(http_response response, rows_view rows,
                                 std::vector<reading>& each) const {
  packed_answer answer;
  if (response.status / 100 == 2 && wants_vectors(rows)) {
    answer.vectors = take_vectors(response.body);
  }
  if (answer.vectors) {
    const http_response rest(response.status, "", std::move(answer.vectors->rest));
    reading whole = read_all(rest, answer, rows, each);
    if (whole.kind == answer_kind::success) return whole;
    answer = packed_answer();  // what is wrong is said of the answer as it came
  }
  return read_all(response, answer, rows, each);
}

reading packing_job::read_all(const http_response& response, packed_answer& answer, rows_view rows,
                              std::vector<reading>& each) const {
  reading whole;
  if (!read_list(response, list_key_, judge_, answer, whole)) return whole;
  whole.kind = answer_kind::success;
  whole.tokens = read_usage(answer.usage);
  if (const char* why = read_rows(answer, rows, whole.tokens, each)) {
    each.clear();
    return unusable(answer, rows, why);
  }
  return whole;
}

reading packing_job::unusable(const packed_answer& answer, rows_view, const char* why) const {
  return malformed(quoted_beginning(answer.body), why);
}

pack_limits packing_of(const job_spec& spec, std::uint64_t inputs) {
  pack_limits packing;
  packing.rows = spec.pack.rows;
  packing.inputs = inputs;
  packing.tokens = static_cast<std::int64_t>(spec.pack.tokens);
  return packing;
}

std::size_t inputs_in(std::span<const prepared_request* const> rows) {
  std::size_t count = 0;
  for (const prepared_request* row : rows) count += row->inputs.count;
  return count;
}

std::vector<std::int64_t> prompt_weights(std::span<const prepared_request* const> rows) {
  std::vector<std::int64_t> weights;
  weights.reserve(rows.size());
  for (const prepared_request* row : rows) weights.push_back(row->prompt_tokens);
  return weights;
}

}  // namespace batchmill::jobs
