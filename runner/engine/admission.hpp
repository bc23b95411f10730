// The gate before the network: who may send next, and when. Oldest row first, a lane per model.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/clock.hpp"
#include "batchmill/observer.hpp"
#include "runner/engine/lane.hpp"
#include "runner/engine/task_group.hpp"

namespace batchmill {

class admission {
 public:
  /// `time` and `tasks` must outlive the gate.
  admission(executor ex, clock& time, task_group& tasks, const limits_spec& limits,
            duration longest_pause);

  /// The lane of a model at an endpoint; it lives as long as the gate.
  lane& lane_of(std::string_view model, std::string_view endpoint);

  /// Takes a slot and pays the rate, noted in `sent`, where the row need not wait; else false.
  bool enter_at_once(lane& l, const token_estimate& estimate, departure& sent);

  /// Lets `w` wait, which has to exist until it is let in or turned away. Rows go in their order.
  void wait(lane& l, std::uint64_t row, gate_waiter& w);

  /// Waits until the row has its slot, and returns true; false when the gate was closed.
  awaitable<bool> enter(lane& l, std::uint64_t row, token_estimate estimate, departure& sent);

  /// The answer is in: learns from it and lets the next rows go.
  void leave(lane& l, const departure& sent, const traffic_report& report);

  /// Only so many more may enter, of whatever model, until `release`.
  void hold(unsigned places);
  void release();

  /// Nobody enters any more; those who wait are turned away.
  void close();

  unsigned in_flight() const { return in_flight_; }

  /// Does a rate limit hold rows back?
  bool held_by_rate() const { return holding_ > 0; }

  /// Has a limit that counts tokens come so near that they must be known well? Elsewhere knowing
  /// them costs more than it brings.
  bool tokens_matter() const { return tokens_matter_; }

  /// Is there a lane without rows while another has some that wait?
  bool starving() const;

  /// Why rows wait here; none when no row does.
  bottleneck held_by() const;

  /// Whose limit it is, and how high, for `held_by` requests and tokens.
  void describe_hold(run_status& status) const;

  /// Time during which a rate limit or a pause held back a row that had a slot.
  duration waited_for_limits(time_point now) const;

  std::vector<limit_summary> limits() const;

 private:
  const lane* lane_of_oldest() const;
  using lane_map = std::map<std::string, std::unique_ptr<lane>, std::less<>>;

  void pump();
  bool may_go(lane& l, time_point now);
  void take_place();
  lane* next_lane(time_point now);
  void admit_oldest(lane& l, time_point now);
  void set_alarm(time_point t);
  awaitable<void> alarm(time_point t);
  void note_holds(time_point now);

  executor executor_;
  clock& clock_;
  task_group& tasks_;
  limits_spec limits_;
  duration longest_pause_;

  lane_map lanes_;
  std::string key_;       // reused
  lane* last_ = nullptr;  // that was asked for, with its endpoint: most rows have the same
  std::string last_endpoint_;
  unsigned in_flight_ = 0;
  unsigned most_in_flight_;
  std::optional<unsigned> places_;  // while it is held
  bool closed_ = false;
  bool tokens_matter_;
  time_point alarm_at_ = time_point::max();
  unsigned holding_ = 0;  // lanes held by a rate limit
  time_point hold_since_{};
  duration held_{};
};

}  // namespace batchmill
