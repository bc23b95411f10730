#include "runner/simulator/fine_tuning/tuning_store.hpp"

#include <chrono>
#include <utility>

#include "batchmill/error.hpp"
#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::uint64_t seeds = 1ULL << 31;

bool take_one(std::uint64_t& count) {
  if (count == 0) return false;
  --count;
  return true;
}

bool work_on(training& job) {
  try {
    work_slice slice;
    return job.work(slice);
  } catch (const run_error& e) {
    job.break_off(e.what());
    return true;
  }
}

}  // namespace

const tuning_facts& tuning_store::create(tuning_facts facts, file_content train,
                                         file_content valid) {
  facts.id = object_id("ftjob-", ++created_, seed_);
  facts.created = clock_.now();
  training_fate fate;
  fate.time = std::chrono::duration<double>(options_.time).count();
  fate.fails = take_one(options_.fail_jobs);
  fate.base64 = options_.base64_results;
  fate.seed = hash_text(facts.id, seed_);
  if (facts.seed < 0) facts.seed = static_cast<std::int64_t>(fate.seed % seeds);
  const auto id = facts.id;
  auto& job =
      jobs_.try_emplace(id, std::move(facts), std::move(train), std::move(valid), fate, around_)
          .first->second;
  unfinished_.emplace(id, &job);
  return job.facts();
}

training* tuning_store::find(std::string_view id) {
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? nullptr : &found->second;
}

// The jobs take turns, so that none waits for a long one.
bool tuning_store::work() {
  for (auto left = unfinished_.size(); left > 0; --left) {
    auto next = unfinished_.upper_bound(last_worked_on_);
    if (next == unfinished_.end()) next = unfinished_.begin();
    last_worked_on_ = next->first;
    auto& job = *next->second;
    const bool more = work_on(job);
    if (is_final(job.facts().status)) unfinished_.erase(next);
    if (more) return true;
  }
  return false;
}

bool tuning_store::loses_answer() {
  if (!take_one(options_.lose_jobs)) return false;
  ++lost_;
  return true;
}

std::string tuning_store::books() const {
  std::string out;
  json_writer json(out, json_layout::compact);
  json.open_object().key("created").integer(static_cast<std::int64_t>(created_));
  json.key("lost_answers").integer(static_cast<std::int64_t>(lost_));
  json.key("jobs").open_array();
  for (const auto& [id, job] : jobs_) {
    const auto& facts = job.facts();
    json.open_object().key("id").text(id).key("status").text(name_of(facts.status));
    json.key("training_file").text(facts.training_file);
    json.key("validation_file").text(facts.validation_file);
    write_metadata(json, facts);
    json.close_object();
  }
  json.close_array().key("models").open_array();
  for (const auto& [name, model] : models.all()) json.text(name);
  json.close_array().close_object();
  return out;
}

}  // namespace batchmill::simulator_detail
