// A run against a virtual server: what the engine does, without rows, coroutines and files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <set>
#include <vector>

#include "tests/unit/flow/virtual_server.hpp"

namespace batchmill::testing {

struct virtual_result {
  double seconds = 0;  // from the first request to the last answer
  std::uint64_t rows = 0;
  std::uint64_t attempts = 0;
  std::uint64_t refused = 0;
  unsigned peak_in_flight = 0;

  double refused_share() const {
    return static_cast<double>(refused) / static_cast<double>(attempts);
  }
  double rate() const { return static_cast<double>(rows) / seconds; }
};

class virtual_run {
 public:
  virtual_run(virtual_server& server, const limits_spec& limits, std::uint64_t rows)
      : server_(server), traffic_(limits, std::chrono::seconds(60)), rows_(rows) {}

  virtual_result go() {
    const time_point begin = now_;
    pump(let_in_by::room);
    while (!events_.empty()) {
      const event next = events_.top();
      events_.pop();
      now_ = next.at;
      if (watch) watch(*this);
      handle(next);
    }
    result_.rows = rows_;
    result_.seconds = seconds(now_ - begin).count();
    return result_;
  }

  time_point now() const { return now_; }
  const model_traffic& traffic() const { return traffic_; }
  std::uint64_t answered() const { return answered_; }

  /// Defaults: every request 100 tokens, answered in about 100 ms.
  std::function<virtual_request(std::uint64_t row)> request = [](std::uint64_t) {
    return virtual_request();
  };
  std::function<duration(unsigned in_flight, double random)> latency = [](unsigned, double random) {
    return in_seconds(0.05 + 0.1 * random);
  };
  std::function<void(const virtual_run&)> watch;  // called at each event

 private:
  struct event {
    time_point at{};
    enum { arrives, answered, refused, alarm } what = alarm;
    std::uint64_t row = 0;
    departure sent;
    virtual_answer answer;

    bool operator<(const event& other) const { return at > other.at; }
  };

  static constexpr auto network = std::chrono::milliseconds(1);
  static constexpr auto shortest_alarm = std::chrono::milliseconds(2);
  static constexpr auto longest_alarm = std::chrono::seconds(1);

  void handle(const event& e) {
    if (e.what == event::arrives) return arrive_at_server(e);
    if (e.what == event::alarm) {
      if (alarm_at_ != e.at) return;
      alarm_at_ = time_point::max();
      return pump(let_in_by::rate);
    }
    traffic_report report;
    report.limits = e.answer.limits;
    report.wait = e.answer.wait;
    const virtual_request asked = request(e.row);
    if (e.what == event::refused) {
      report.kind = answer_kind::rate_limited;
      ++result_.refused;
      again_.insert(e.row);
    } else {
      server_.answered(asked, now_);
      report.use = token_use(asked.prompt, asked.output);
      ++answered_;
    }
    traffic_.arrive(e.sent, report, now_);
    pump(let_in_by::concurrency);
  }

  void arrive_at_server(event e) {
    e.answer = server_.ask(request(e.row), now_);
    e.what = e.answer.refused ? event::refused : event::answered;
    const double random = std::uniform_real_distribution<double>()(random_);
    const unsigned busy = traffic_.concurrency().in_flight();
    e.at = now_ + network + (e.answer.refused ? duration::zero() : latency(busy, random));
    events_.push(e);
  }

  void pump(let_in_by cause) {
    while ((next_ < rows_ || !again_.empty()) && traffic_.has_room()) {
      const auto verdict = traffic_.next(now_);
      if (verdict.at > now_)
        return set_alarm(std::clamp(verdict.at, now_ + shortest_alarm, now_ + longest_alarm));
      const std::uint64_t row = again_.empty() ? next_++ : *again_.begin();
      again_.erase(row);
      depart(row, cause);
    }
  }

  void depart(std::uint64_t row, let_in_by cause) {
    const virtual_request r = request(row);
    event e;
    e.at = now_ + network;
    e.what = event::arrives;
    e.row = row;
    e.sent = traffic_.depart(token_estimate(r.prompt, r.max_output), cause, now_);
    events_.push(e);
    ++result_.attempts;
    result_.peak_in_flight = std::max(result_.peak_in_flight, traffic_.concurrency().in_flight());
  }

  void set_alarm(time_point t) {
    if (t + shortest_alarm / 2 >= alarm_at_) return;
    alarm_at_ = t;
    event e;
    e.at = t;
    events_.push(e);
  }

  virtual_server& server_;
  model_traffic traffic_;
  std::uint64_t rows_;
  std::uint64_t next_ = 0;
  std::uint64_t answered_ = 0;
  std::set<std::uint64_t> again_;
  std::priority_queue<event> events_;
  time_point now_{std::chrono::hours(1000)};
  time_point alarm_at_ = time_point::max();
  std::mt19937_64 random_{1};
  virtual_result result_;
};

}  // namespace batchmill::testing
