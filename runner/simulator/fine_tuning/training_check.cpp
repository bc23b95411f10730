#include "runner/simulator/fine_tuning/training_check.hpp"

#include <fmt/format.h>

namespace batchmill::simulator_detail {

namespace {

constexpr std::int64_t most_faults_told = 5;

}  // namespace

bool training_check::work(work_slice& slice) {
  while (!done_ && !slice.is_used_up()) {
    const auto line = reader_.next();
    if (!line) {
      done_ = true;
      break;
    }
    check(*line);
    slice.spend(line->size());
  }
  return done_;
}

void training_check::check(std::string_view line) {
  ++lines_;
  const auto fault = fault_of(line, shape_);
  if (fault.empty()) {
    tokens_ += tokens_of(line, shape_);
    teach(line, shape_, lessons_);
    return;
  }
  if (++faults_ <= most_faults_told) first_faults_ += fmt::format(" Line {}: {}.", lines_, fault);
}

std::string training_check::verdict() const {
  if (faults_ > 0) {
    const auto more = faults_ - most_faults_told;
    return fmt::format("The job failed due to an invalid {} file. Invalid file format.{}{}", what_,
                       first_faults_, more > 0 ? fmt::format(" And {} more.", more) : "");
  }
  if (lines_ >= fewest_) return "";
  return fmt::format(
      "The job failed due to an invalid {0} file. The {0} file has {1} example{2}, but must have "
      "at "
      "least {3} example{4}.",
      what_, lines_, lines_ == 1 ? "" : "s", fewest_, fewest_ == 1 ? "" : "s");
}

}  // namespace batchmill::simulator_detail
