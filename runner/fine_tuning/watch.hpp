// Follows a fine-tuning job to its end: looks at it now and then, and tells each event once.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "batchmill/awaitable.hpp"
#include "batchmill/clock.hpp"
#include "runner/progress/tuning_display.hpp"
#include "runner/remote/tuning_api.hpp"

namespace batchmill {

class tuning_watch {
 public:
  /// All must outlive it. `poll`: the time between two looks.
  tuning_watch(tuning_api& api, clock& time, tuning_display& display, duration poll)
      : api_(api), time_(time), display_(display), poll_(poll) {}
  tuning_watch(const tuning_watch&) = delete;
  tuning_watch& operator=(const tuning_watch&) = delete;

  /// Ends with the job when it changes no more. Trouble that may pass does not end it at once.
  awaitable<remote_result<remote_tuning_job>> run(std::string id);

 private:
  awaitable<remote_result<remote_tuning_job>> look(std::string id);
  awaitable<remote_result<void>> tell_events(std::string id);
  bool bears(const remote_failure& why);
  unix_seconds wall_seconds() const;

  tuning_api& api_;
  clock& time_;
  tuning_display& display_;
  duration poll_;
  unsigned troubles_ = 0;  // in a row
  std::set<std::string, std::less<>> known_;
};

/// All of a job's checkpoints, the newest first.
awaitable<remote_result<std::vector<remote_checkpoint>>> all_checkpoints(tuning_api& api,
                                                                         std::string id);

}  // namespace batchmill
