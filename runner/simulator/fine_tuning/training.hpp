// A fine-tuning job on its way from validation to its end.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "runner/simulator/files/file_store.hpp"
#include "runner/simulator/files/output_spool.hpp"
#include "runner/simulator/fine_tuning/training_check.hpp"
#include "runner/simulator/fine_tuning/training_curve.hpp"
#include "runner/simulator/fine_tuning/tuned_models.hpp"
#include "runner/simulator/fine_tuning/tuning_job.hpp"

namespace batchmill::simulator_detail {

/// What jobs use together; all of it must outlive them.
struct training_surroundings {
  const simulated_clock& clock;
  file_store& files;
  tuned_models& models;
};

/// What becomes of a job on purpose.
struct training_fate {
  double time = 0;      // seconds from creation to end, if it is not paused
  bool fails = false;   // in the middle of the training
  bool base64 = false;  // the result file is
  std::uint64_t seed = 0;
};

class training {
 public:
  using event_list = std::map<std::string, tuning_event, std::less<>>;
  using checkpoint_list = std::map<std::string, tuning_checkpoint, std::less<>>;

  /// `valid` is empty when there is no validation file.
  training(tuning_facts facts, file_content train, file_content valid, const training_fate& fate,
           const training_surroundings& around);

  /// Does what is due, up to the slice's end. True when more is due now.
  bool work(work_slice& slice);

  /// The simulator itself is in trouble: the job fails.
  void break_off(const std::string& why);

  /// The status must allow it: not final; queued or running; paused.
  void cancel();
  void pause();
  void resume();

  const tuning_facts& facts() const { return facts_; }
  const event_list& events() const { return events_; }
  const checkpoint_list& checkpoints() const { return checkpoints_; }

 private:
  bool step(work_slice& slice);
  bool validate(work_slice& slice);
  bool begin();
  bool train(work_slice& slice);
  bool succeed();
  void accept();
  void take_step(moment when);
  void keep_checkpoint(const training_metrics& metrics, moment when);
  void fail(tuning_error error, moment when);
  void end(tuning_status status, moment when);
  std::string keep_results();

  double edge() const;
  double span() const { return fate_.time - 3 * edge(); }
  moment time_of(std::int64_t step) const;
  tuning_event& tell(std::string message, moment when);
  std::string new_id(const char* prefix);

  tuning_facts facts_;
  training_fate fate_;
  training_surroundings around_;
  std::unique_ptr<training_check> train_;
  std::unique_ptr<training_check> valid_;
  training_curve curve_;
  std::shared_ptr<const lessons> learned_;
  moment begins_ = 0;            // the training, or the rest of it
  std::int64_t begun_with_ = 0;  // steps that had been done then
  std::int64_t done_ = 0;        // steps
  std::int64_t tokens_ = 0;      // of an epoch
  std::uint64_t objects_ = 0;
  event_list events_;
  checkpoint_list checkpoints_;
  std::string results_;
};

/// For lists.
inline const std::string& id_of(const training& job) {
  return job.facts().id;
}

}  // namespace batchmill::simulator_detail
