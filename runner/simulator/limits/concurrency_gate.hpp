// How many requests are being answered at once, and whether one more may come.
#pragma once

#include <algorithm>

namespace batchmill::simulator_detail {

class concurrency_gate {
 public:
  /// `limit` requests at once; 0: any number.
  explicit concurrency_gate(int limit) : limit_(limit) {}

  /// False, and not counted, when it is too many.
  bool enter() {
    if (limit_ > 0 && inside_ >= limit_) return false;
    most_ = std::max(most_, ++inside_);
    return true;
  }

  void leave() { --inside_; }

  int most() const { return most_; }

 private:
  int limit_;
  int inside_ = 0;
  int most_ = 0;
};

}  // namespace batchmill::simulator_detail
