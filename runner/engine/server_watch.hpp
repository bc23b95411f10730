// Holds all rows back while the server does not answer, and tries whether it does again.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "batchmill/clock.hpp"
#include "batchmill/job_spec.hpp"
#include "batchmill/observer.hpp"
#include "batchmill/transport.hpp"
#include "runner/engine/admission.hpp"
#include "runner/engine/answer.hpp"
#include "runner/engine/task_group.hpp"
#include "runner/flow/outage.hpp"

namespace batchmill {

class server_watch {
 public:
  using stopper = std::function<void(std::string)>;

  /// What is given by reference must outlive the watch. `stop` is called once, with the reason.
  server_watch(clock& time, transport& wire, run_observer& observer, admission& gate,
               task_group& tasks, const retry_spec& retry, stopper stop);

  /// To be called before the attempt's place at the gate is given back.
  void attempted(const answer& a, time_point sent_at);

  /// Behind how many rows one that just failed lines up, so that no row has to bear all tries.
  std::uint64_t stand_back() const {
    return outage_.state() == outage::phase::no_answer ? 1000 : 0;
  }

  /// Tries no more.
  void close() { closed_ = true; }

  /// Is a connection being tried? It ends by itself, or with the transport.
  bool is_trying() const { return trying_; }

 private:
  void follow(outage::phase before);
  void tell(outage::phase before);
  awaitable<void> try_until_reached();
  bool waits() const;

  clock& time_;
  transport& wire_;
  run_observer& observer_;
  admission& gate_;
  task_group& tasks_;
  stopper stop_;
  outage outage_;
  bool running_ = false;  // try_until_reached
  bool trying_ = false;
  bool closed_ = false;
  bool told_ = false;  // of the present outage
  std::optional<time_point> told_at_;
};

}  // namespace batchmill
