#include "runner/batch/token_queue.hpp"

#include <algorithm>

namespace batchmill {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr duration first_pause = seconds(30);
constexpr duration longest_pause = minutes(10);

}  // namespace

token_queue::token_queue(std::optional<double> given) : pause_(first_pause) {
  if (given) limit_ = static_cast<std::int64_t>(*given);
}

bool token_queue::admits(std::int64_t tokens, time_point now) const {
  if (held_ && (!next_try_ || now < *next_try_)) return false;
  return !limit_ || inside_ == 0 || inside_ + tokens <= *limit_;
}

void token_queue::entered(std::int64_t tokens) {
  inside_ += tokens;
}

void token_queue::left(std::int64_t tokens) {
  inside_ = std::max<std::int64_t>(0, inside_ - tokens);
  held_ = false;
  next_try_.reset();
}

void token_queue::refused(std::optional<std::int64_t> named, time_point now) {
  if (named) limit_ = named;
  held_ = true;
  next_try_.reset();
  if (inside_ > 0) {
    pause_ = first_pause;
    return;  // one of ours will end
  }
  next_try_ = now + pause_;
  pause_ = std::min(2 * pause_, longest_pause);
}

bool token_queue::is_too_large(std::int64_t tokens) const {
  return limit_ && tokens > *limit_;
}

}  // namespace batchmill
