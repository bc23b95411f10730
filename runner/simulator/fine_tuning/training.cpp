#include "runner/simulator/fine_tuning/training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/simulator/dice.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::int64_t fewest_examples = 10;
constexpr std::size_t checkpoints_kept = 3;
constexpr std::size_t work_of_a_step = 512;  // bytes

training_shape shape_of(const tuning_facts& job) {
  const bool oldest = job.model.starts_with("babbage") || job.model.starts_with("davinci");
  return {job.method, job.model, oldest};
}

std::string short_id(std::uint64_t number) {
  constexpr std::string_view digits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string id;
  for (int i = 0; i < 8; ++i, number /= digits.size()) id += digits[number % digits.size()];
  return id;
}

// What may not stand in a model's name becomes a dash.
std::string name_part(std::string_view suffix) {
  std::string part;
  for (const char c : suffix)
    part += is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ? lower(c) : '-';
  return part;
}

std::string model_name(const tuning_facts& job, std::uint64_t seed) {
  const auto base = std::string_view(job.model).starts_with("ft:")
                        ? job.model.substr(3, job.model.find(':', 3) - 3)
                        : job.model;
  return fmt::format("ft:{}:simulated:{}:{}", base, name_part(job.suffix), short_id(seed));
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) -> std::uint32_t {
      return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0;
    };
    const std::uint32_t three = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k > bytes.size() ? '=' : digits[three >> (18 - 6 * k) & 63];
  }
  return out;
}

}  // namespace

training::training(tuning_facts facts, file_content train, file_content valid,
                   const training_fate& fate, const training_surroundings& around)
    : facts_(std::move(facts)), fate_(fate), around_(around), results_(result_head()) {
  const auto shape = shape_of(facts_);
  train_ = std::make_unique<training_check>(std::move(train), shape, "training", fewest_examples);
  if (!facts_.validation_file.empty())
    valid_ = std::make_unique<training_check>(std::move(valid), shape, "validation", 1);
  tell(fmt::format("Created fine-tuning job: {}", facts_.id), facts_.created);
  tell(valid_ ? fmt::format("Validating training file: {} and validation file: {}",
                            facts_.training_file, facts_.validation_file)
              : fmt::format("Validating training file: {}", facts_.training_file),
       facts_.created);
}

// How long validation takes, the wait in the queue, and what follows the last step.
double training::edge() const {
  return std::min(fate_.time / 20, 600.0);
}

moment training::time_of(std::int64_t step) const {
  return begins_ + span() * static_cast<double>(step - begun_with_) /
                       static_cast<double>(std::max<std::int64_t>(1, curve_.steps()));
}

// Steps lead on until one needs more time, by the clock or in this slice.
bool training::work(work_slice& slice) {
  while (!is_final(facts_.status) && !slice.is_used_up())
    if (!step(slice)) break;
  return !is_final(facts_.status) && slice.is_used_up();
}

void training::break_off(const std::string& why) {
  fail({"server_error", why, ""}, around_.clock.now());
}

void training::cancel() {
  const auto now = around_.clock.now();
  end(tuning_status::cancelled, now);
  tell("Fine-tuning job cancelled", now);
}

void training::pause() {
  facts_.status = tuning_status::paused;
  facts_.estimated_finish = 0;
  tell("Fine-tuning job paused", around_.clock.now());
}

void training::resume() {
  const auto now = around_.clock.now();
  facts_.status = tuning_status::queued;
  begins_ = now + edge();
  begun_with_ = done_;
  tell("Fine-tuning job resumed", now);
}

bool training::step(work_slice& slice) {
  switch (facts_.status) {
    case tuning_status::validating_files:
      return validate(slice);
    case tuning_status::queued:
      return begin();
    case tuning_status::running:
      return train(slice);
    default:
      return false;  // paused
  }
}

bool training::validate(work_slice& slice) {
  if (!train_->work(slice)) return false;
  if (valid_ && !valid_->work(slice)) return false;
  const auto when = facts_.created + edge();
  if (around_.clock.now() < when) return false;
  if (auto wrong = train_->verdict(); !wrong.empty())
    fail({"invalid_training_file", std::move(wrong), "training_file"}, when);
  else if (wrong = valid_ ? valid_->verdict() : ""; !wrong.empty())
    fail({"invalid_validation_file", std::move(wrong), "validation_file"}, when);
  else
    accept();
  train_.reset();
  valid_.reset();
  return true;
}

void training::accept() {
  choose_open_ones(facts_.parameters, facts_.method, train_->examples());
  curve_ = training_curve(facts_.parameters, train_->examples(), valid_ != nullptr,
                          hash_pair(fate_.seed, static_cast<std::uint64_t>(facts_.seed)));
  tokens_ = train_->tokens();
  learned_ = std::make_shared<const lessons>(train_->take_lessons());
  facts_.status = tuning_status::queued;
  begins_ = facts_.created + 2 * edge();
  tell("Files validated, moving job to queued state", facts_.created + edge());
}

bool training::begin() {
  if (around_.clock.now() < begins_) return false;
  facts_.status = tuning_status::running;
  facts_.estimated_finish = time_of(curve_.steps()) + edge();
  if (begun_with_ == 0) tell("Fine-tuning job started", begins_);
  return true;
}

bool training::train(work_slice& slice) {
  const auto now = around_.clock.now();
  while (done_ < curve_.steps() && time_of(done_ + 1) <= now && !slice.is_used_up()) {
    ++done_;
    take_step(time_of(done_));
    slice.spend(work_of_a_step);
    if (fate_.fails && 2 * done_ >= curve_.steps()) {
      fail({"server_error", "The job failed due to an internal error.", ""}, time_of(done_));
      return true;
    }
  }
  return done_ == curve_.steps() && succeed();
}

void training::take_step(moment when) {
  if (!curve_.is_told(done_)) return;
  const auto metrics = curve_.at(done_);
  auto& event = tell(step_text(metrics, curve_.steps()), when);
  event.metrics = metrics;
  event.total_steps = curve_.steps();
  results_ += result_line(metrics);
  if (curve_.ends_epoch(done_)) keep_checkpoint(metrics, when);
}

void training::keep_checkpoint(const training_metrics& metrics, moment when) {
  tuning_checkpoint made;
  made.id = new_id("ftckpt_");
  made.job = facts_.id;
  made.model = fmt::format("{}:ckpt-step-{}", model_name(facts_, fate_.seed), metrics.step);
  made.created = when;
  made.metrics = metrics;
  around_.models.add(made.model, {when, learned_});
  tell(fmt::format("Checkpoint created at step {}", metrics.step), when);
  checkpoints_.emplace(made.id, std::move(made));
  if (checkpoints_.size() <= checkpoints_kept) return;
  around_.models.remove(checkpoints_.begin()->second.model);
  checkpoints_.erase(checkpoints_.begin());
}

bool training::succeed() {
  const auto when = time_of(curve_.steps()) + edge();
  if (around_.clock.now() < when) return false;
  facts_.tuned_model = model_name(facts_, fate_.seed);
  facts_.trained_tokens = tokens_ * *facts_.parameters.epochs;
  facts_.result_file = keep_results();
  around_.models.add(facts_.tuned_model, {when, learned_});
  end(tuning_status::succeeded, when);
  tell(fmt::format("New fine-tuned model created: {}", facts_.tuned_model), when);
  tell("The job has successfully completed", when);
  return true;
}

std::string training::keep_results() {
  stored_file file;
  file.filename = "step_metrics.csv";
  file.purpose = "fine-tune-results";
  file.content = file_content::of(fate_.base64 ? base64(results_) : results_);
  return around_.files.add(std::move(file)).id;
}

void training::fail(tuning_error error, moment when) {
  tell(error.message, when).level = "error";
  facts_.error = std::move(error);
  end(tuning_status::failed, when);
}

void training::end(tuning_status status, moment when) {
  facts_.status = status;
  facts_.finished = when;
  facts_.estimated_finish = 0;
}

std::string training::new_id(const char* prefix) {
  return object_id(prefix, ++objects_, fate_.seed);
}

tuning_event& training::tell(std::string message, moment when) {
  tuning_event event;
  event.id = new_id("ftevent-");
  event.created = when;
  event.message = std::move(message);
  auto id = event.id;
  return events_.emplace(std::move(id), std::move(event)).first->second;
}

}  // namespace batchmill::simulator_detail
