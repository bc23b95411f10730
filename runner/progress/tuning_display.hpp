// What a person or a log sees of a fine-tuning job that is watched.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "batchmill/observer.hpp"
#include "runner/progress/curve_chart.hpp"
#include "runner/progress/progress.hpp"
#include "runner/remote/tuning_objects.hpp"

namespace batchmill {

class tuning_display {
 public:
  virtual ~tuning_display() = default;

  virtual void event(const remote_tuning_event& event) = 0;

  /// After each look at the job.
  virtual void look_at(const remote_tuning_job& job, unix_seconds now) = 0;

  /// Something that is not the job's: the network, a hint.
  virtual void notice(severity level, std::string_view sentence) = 0;

  /// Nothing follows but what is printed after it.
  virtual void finished() = 0;
};

/// terminal: events that are no metrics above a live picture of loss and accuracy; plain: each
/// event on a line; json: each event an object; none: notices alone.
std::unique_ptr<tuning_display> make_tuning_display(const progress_options& options);

/// What has been measured so far. Pure.
class tuning_curves {
 public:
  void add(const tuning_metrics& metrics);

  const curve& loss() const { return loss_; }
  const curve& accuracy() const { return accuracy_; }
  std::int64_t step() const { return step_; }
  std::int64_t total_steps() const { return total_; }

 private:
  curve loss_ = titled("loss");
  curve accuracy_ = titled("accuracy");
  std::int64_t step_ = 0;
  std::int64_t total_ = 0;

  static curve titled(const char* title) {
    curve c;
    c.title = title;
    return c;
  }
};

/// The live area: a line about the job, and below it the pictures.
std::string render_tuning(const remote_tuning_job& job, const tuning_curves& curves,
                          unix_seconds now, int width, look l);

}  // namespace batchmill
