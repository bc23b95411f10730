#include "runner/flow/delivery_rate.hpp"

namespace batchmill {
namespace {

constexpr auto shortest_measure = std::chrono::milliseconds(300);

}  // namespace

void delivery_rate::accepted(time_point sent_at) {
  if (!since_) since_ = sent_at;
  ++accepted_;
}

std::optional<double> delivery_rate::refused(time_point now) {
  // What was empty is empty still: its time counts.
  if (!since_ || accepted_ == 0 || now - *since_ < shortest_measure) return std::nullopt;
  const std::chrono::duration<double, std::ratio<60>> passed = now - *since_;
  const double rate = static_cast<double>(accepted_) / passed.count();
  since_ = now;
  accepted_ = 0;
  return rate;
}

}  // namespace batchmill
