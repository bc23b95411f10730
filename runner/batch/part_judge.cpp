#include "runner/batch/part_judge.hpp"

#include <utility>
#include <vector>

#include "runner/batch/request_line.hpp"
#include "runner/engine/twins.hpp"

namespace batchmill {
namespace {

/// The request was not executed, or its answer is lost: nothing says that it would fail again.
answer unanswered(std::string code, std::string message) {
  answer a;
  a.what.kind = answer_kind::transient;
  a.what.code = std::move(code);
  a.what.message = std::move(message);
  return a;
}

answer read_line(std::optional<answer_line> line, const row_job& job,
                 const prepared_request& prepared, wall_time now) {
  if (!line) return unanswered("missing_answer", "the batch has no answer to this row");
  if (!line->response) return unanswered(std::move(line->code), std::move(line->message));
  std::vector<const prepared_request*> packed;
  if (job.packing().rows > 0) packed.push_back(&prepared);
  answer a = read_answer(std::move(*line->response), job, packed, now);
  if (a.what.kind != answer_kind::success || a.each.empty()) return a;
  a.what = std::move(a.each.front());
  a.each.clear();
  return a;
}

}  // namespace

part_judge::part_judge(const job_spec& spec, const row_job& job, const part_paths& paths,
                       const batch_part& part)
    : spec_(spec),
      job_(job),
      part_(part),
      goes_online_(part.giving_up ||
                   (part.status == "expired" && spec.batch.on_expired == expired_rows::online)),
      answers_(paths.answers(part.number), paths.errors(part.number)),
      requests_(paths.requests(part.number), disk_file::mode::read, "part requests") {}

answer part_judge::read(const part_row& r, wall_time now) const {
  return read_line(answers_.find(r.asked_as), job_, prepared_for(r), now);
}

row_verdict part_judge::judge(const part_row& r, answer a) const {
  row_verdict verdict;
  if (a.what.kind == answer_kind::run_stopped) {
    verdict.stop = a.what.message + " (" + a.what.advice + ")";
    verdict.again = true;
    return verdict;
  }
  verdict.again = may_ask_again(a.what.kind);
  verdict.paid = a.what.kind == answer_kind::unexpected;
  a.what.tokens += r.spent;
  prepared_request named;
  named.custom_id = r.custom_id;
  verdict.last = outcome_of(named, std::move(a), part_.attempt);
  if (!r.has_request()) verdict.last = as_twin(std::move(verdict.last), r.custom_id);
  return verdict;
}

bool part_judge::may_ask_again(answer_kind kind) const {
  switch (kind) {
    case answer_kind::transient:
    case answer_kind::rate_limited:
    case answer_kind::overloaded:
      return goes_online_ || part_.attempt < spec_.batch.attempts;
    case answer_kind::unexpected:
      return part_.attempt < spec_.expect.attempts;
    default:
      return false;
  }
}

std::string part_judge::request_of(const part_row& r) const {
  std::string line(r.request_length, '\0');
  line.resize(requests_.read_at(r.request_at, line));
  return line;
}

/// As much of it as reading an answer takes.
prepared_request part_judge::prepared_for(const part_row& r) const {
  prepared_request prepared;
  prepared.custom_id = r.custom_id;
  prepared.inputs = r.inputs;
  if (r.inputs.count > 1) prepared.request.body = body_of_request_line(request_of(r));
  return prepared;
}

}  // namespace batchmill
