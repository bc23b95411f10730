// All fine-tuning jobs, the models they made, and the work on them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "batchmill/simulation.hpp"
#include "runner/simulator/fine_tuning/training.hpp"

namespace batchmill::simulator_detail {

class tuning_store {
 public:
  /// `clock` and `files` must outlive the store.
  tuning_store(const simulated_fine_tuning& options, std::uint64_t seed,
               const simulated_clock& clock, file_store& files)
      : options_(options), seed_(seed), clock_(clock), around_{clock, files, models} {}
  tuning_store(const tuning_store&) = delete;
  tuning_store& operator=(const tuning_store&) = delete;

  /// Are new jobs accepted no more?
  bool is_closed() const { return options_.closed; }

  /// `facts` as the client wants them; a seed below 0 is chosen here.
  const tuning_facts& create(tuning_facts facts, file_content train, file_content valid);

  /// Null when there is none.
  training* find(std::string_view id);

  /// By age.
  const std::map<std::string, training, std::less<>>& all() const { return jobs_; }

  /// Does a slice of what is due. True when more is due now.
  bool work();

  /// Is the answer to the job just created to be lost?
  bool loses_answer();

  /// For tests to read.
  std::string books() const;

  tuned_models models;

 private:
  simulated_fine_tuning options_;
  std::uint64_t seed_;
  const simulated_clock& clock_;
  training_surroundings around_;
  std::map<std::string, training, std::less<>> jobs_;
  std::map<std::string, training*> unfinished_;
  std::string last_worked_on_;
  std::uint64_t created_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace batchmill::simulator_detail
