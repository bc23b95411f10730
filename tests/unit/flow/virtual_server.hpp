// Servers that limit their clients, each in its own way, in virtual time.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "batchmill/clock.hpp"
#include "runner/flow/model_traffic.hpp"

namespace batchmill::testing {

using seconds = std::chrono::duration<double>;

inline duration in_seconds(double s) {
  return std::chrono::duration_cast<duration>(seconds(s));
}

/// One request as the server sees it.
struct virtual_request {
  double prompt = 100;
  double max_output = 0;
  double output = 0;
};

/// What the server says to one.
struct virtual_answer {
  bool refused = false;
  rate_headers limits;
  std::optional<duration> wait;
};

class virtual_server {
 public:
  virtual ~virtual_server() = default;
  virtual virtual_answer ask(const virtual_request& request, time_point now) = 0;
  virtual void answered(const virtual_request&, time_point) {}
};

/// A bucket that is refilled all the time, of requests or of tokens; others may drink from it.
class continuous_server : public virtual_server {
 public:
  continuous_server(double per_minute, double capacity_seconds, time_point now)
      : rate(per_minute), capacity_seconds_(capacity_seconds), at_(now) {
    level_ = capacity();
  }

  virtual_answer ask(const virtual_request& request, time_point now) override {
    refill(now);
    const double amount = charge(request);
    virtual_answer a;
    if (amount > level_ + 1e-6) {
      a.refused = true;
      a.wait = in_seconds((amount - level_) / (rate / 60));
    } else {
      level_ -= amount;
    }
    if (!silent) a.limits = headers();
    if (silent) a.wait.reset();
    return a;
  }

  void answered(const virtual_request& request, time_point now) override {
    if (!settle) return;
    refill(now);
    level_ += charge(request) - settle(request);
  }

  double rate;
  bool silent = false;
  bool of_tokens = false;
  std::function<double(const virtual_request&)> charge = [](const virtual_request&) { return 1.0; };
  std::function<double(const virtual_request&)> settle;  // the final charge; empty: as taken
  std::function<double(time_point)> others = [](time_point) { return 0.0; };  // part of the rate

 private:
  double capacity() const { return rate / 60 * capacity_seconds_; }

  void refill(time_point now) {
    if (now <= at_) return;
    const double flow = rate / 60 * (1 - others(now)) * seconds(now - at_).count();
    level_ = std::min(capacity(), level_ + flow);
    at_ = now;
  }

  rate_headers headers() const {
    rate_headers h;
    limit_headers& family = of_tokens ? h.tokens : h.requests;
    family.limit = rate;
    family.remaining = std::floor(std::max(0.0, level_));
    family.reset = in_seconds((capacity() - level_) / (rate / 60));
    return h;
  }

  double capacity_seconds_;
  double level_ = 0;
  time_point at_;
};

/// Fixed windows, the whole allowance at the beginning of each. `stated` as a minute's window does,
/// or only the limit, as a server does that splits its minute in secret.
class window_server : public virtual_server {
 public:
  window_server(double per_minute, duration window, bool stated, time_point now)
      : rate_(per_minute), window_(window), stated_(stated), begin_(now) {}

  virtual_answer ask(const virtual_request&, time_point now) override {
    while (now >= begin_ + window_) {
      begin_ += window_;
      used_ = 0;
    }
    const double allowance = rate_ / 60 * seconds(window_).count();
    virtual_answer a;
    a.refused = used_ + 1 > allowance + 1e-6;
    if (a.refused) {
      a.wait = begin_ + window_ - now;
    } else {
      ++used_;
    }
    a.limits.requests.limit = rate_;
    a.limits.requests.remaining = stated_ ? std::floor(allowance - used_) : rate_ - used_;
    a.limits.requests.reset = begin_ + window_ - now;
    return a;
  }

 private:
  double rate_;
  duration window_;
  bool stated_;
  time_point begin_;
  double used_ = 0;
};

/// The requests of the last window count.
class sliding_server : public virtual_server {
 public:
  sliding_server(double per_minute, duration window) : rate_(per_minute), window_(window) {}

  virtual_answer ask(const virtual_request&, time_point now) override {
    while (!recent_.empty() && recent_.front() <= now - window_) recent_.erase(recent_.begin());
    const double allowance = rate_ / 60 * seconds(window_).count();
    virtual_answer a;
    a.refused = static_cast<double>(recent_.size()) + 1 > allowance;
    if (a.refused) {
      a.wait = recent_.front() + window_ - now;
    } else {
      recent_.push_back(now);
    }
    a.limits.requests.limit = rate_;
    a.limits.requests.remaining = allowance - static_cast<double>(recent_.size());
    a.limits.requests.reset = recent_.empty() ? duration::zero() : recent_.back() + window_ - now;
    return a;
  }

 private:
  double rate_;
  duration window_;
  std::deque<time_point> recent_;
};

/// No limits are stated, but so many at once are enough.
class capped_server : public virtual_server {
 public:
  explicit capped_server(unsigned most) : most_(most) {}

  virtual_answer ask(const virtual_request&, time_point) override {
    virtual_answer a;
    a.refused = busy_ >= most_;
    if (!a.refused) ++busy_;
    return a;
  }
  void answered(const virtual_request&, time_point) override { --busy_; }

 private:
  unsigned most_;
  unsigned busy_ = 0;
};

}  // namespace batchmill::testing
