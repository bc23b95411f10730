#include "runner/simulator/batches/batch_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace batchmill::simulator_detail {

namespace {

constexpr std::string_view expired_text =
    "This request could not be executed before the completion window expired.";
constexpr std::string_view cancelled_text =
    "This request was not executed because the batch was cancelled.";

}  // namespace

batch_job::batch_job(batch_facts facts, file_content input, const batch_fate& fate,
                     const batch_surroundings& around)
    : facts_(std::move(facts)),
      input_(std::move(input)),
      fate_(fate),
      plan_(facts_.at.created, fate.time),
      around_(around),
      validation_(std::make_unique<validation>(input_, facts_.endpoint,
                                               counts_tokens() ? &around.executor : nullptr)) {
  facts_.at.expires = plan_.expires();
}

bool batch_job::counts_tokens() const {
  return around_.queue.is_limited() && !fate_.queued;
}

// Steps lead on until one needs more time, by the clock or in this slice.
bool batch_job::work(work_slice& slice) {
  while (!is_final(facts_.status) && !slice.is_used_up())
    if (!step(slice)) break;
  if (execution_) take_counts();
  return !is_final(facts_.status) && slice.is_used_up();
}

void batch_job::cancel() {
  facts_.status = batch_status::cancelling;
  facts_.at.cancelling = around_.clock.now();
  validation_.reset();
}

// True when the next step may follow at once.
bool batch_job::step(work_slice& slice) {
  switch (facts_.status) {
    case batch_status::validating:
      return validate(slice);
    case batch_status::in_progress:
      return progress(slice);
    case batch_status::finalizing:
      return finalize(slice);
    default:
      return end_cancelled(slice);
  }
}

bool batch_job::validate(work_slice& slice) {
  if (!validation_->work(slice) || around_.clock.now() < plan_.begins()) return false;
  facts_.model = validation_->model();
  if (!validation_->errors().empty()) {
    fail(validation_->errors());
  } else if (counts_tokens() &&
             !around_.queue.enter(facts_.id, facts_.model, validation_->tokens())) {
    fail({batch_error("token_limit_exceeded", around_.queue.refusal_text(facts_.model))});
  } else {
    begin();
  }
  validation_.reset();
  return true;
}

void batch_job::begin() {
  execution_ = std::make_unique<execution>(input_, facts_.endpoint, validation_->take_lines(),
                                           fate_.seed, fate_.fails, around_.executor);
  facts_.total = execution_->total();
  facts_.status = batch_status::in_progress;
  facts_.at.in_progress = plan_.begins();
}

void batch_job::fail(std::vector<batch_error> errors) {
  facts_.errors = std::move(errors);
  end(batch_status::failed, facts_.at.failed, plan_.begins());
}

bool batch_job::progress(work_slice& slice) {
  const auto now = around_.clock.now();
  if (!execution_->answer(plan_.due(now, facts_.total), slice)) return false;
  const auto over = std::min(plan_.finalizes(), plan_.expires());
  if (now < over) return false;
  facts_.status = batch_status::finalizing;
  facts_.at.finalizing = over;
  return true;
}

bool batch_job::finalize(work_slice& slice) {
  const bool expired = facts_.at.finalizing >= plan_.expires();
  if (!execution_->give_up("batch_expired", expired_text, slice)) return false;
  const auto when = facts_.at.finalizing + plan_.edge();
  if (around_.clock.now() < when) return false;
  if (expired)
    end(batch_status::expired, facts_.at.expired, when);
  else
    end(batch_status::completed, facts_.at.completed, when);
  return true;
}

bool batch_job::end_cancelled(work_slice& slice) {
  if (execution_ && !execution_->give_up("batch_cancelled", cancelled_text, slice)) return false;
  const auto when = facts_.at.cancelling + plan_.edge();
  if (around_.clock.now() < when) return false;
  end(batch_status::cancelled, facts_.at.cancelled, when);
  return true;
}

void batch_job::end(batch_status status, moment& noted, moment when) {
  facts_.status = status;
  noted = when;
  around_.queue.leave(facts_.id);
  input_ = {};
  if (!execution_) return;
  take_counts();
  facts_.output_file_id = keep(execution_->output(), "output");
  facts_.error_file_id = keep(execution_->errors(), "error");
  execution_.reset();
}

void batch_job::take_counts() {
  facts_.completed = execution_->completed();
  facts_.failed = execution_->failed();
  facts_.usage = execution_->usage();
  books_ = execution_->books();
}

std::string batch_job::keep(file_content content, std::string_view suffix) {
  if (content.size() == 0) return {};
  stored_file file;
  file.filename = fmt::format("{}_{}.jsonl", facts_.id, suffix);
  file.purpose = "batch_output";
  file.lifetime = facts_.output_lifetime;
  file.content = std::move(content);
  return around_.files.add(std::move(file)).id;
}

}  // namespace batchmill::simulator_detail
