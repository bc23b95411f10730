// The simulated API: a request and the time in, an answer out. No sockets, no clock, no waiting.
// Batches and fine-tuning jobs are worked on in between.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/clock.hpp"
#include "batchmill/simulation.hpp"
#include "runner/simulator/account.hpp"
#include "runner/simulator/batches/line_executor.hpp"
#include "runner/simulator/bill.hpp"
#include "runner/simulator/exchange.hpp"
#include "runner/simulator/executions.hpp"
#include "runner/simulator/faults.hpp"
#include "runner/simulator/limits/concurrency_gate.hpp"
#include "runner/simulator/rate_limits.hpp"
#include "runner/simulator/routes.hpp"
#include "runner/simulator/storage.hpp"

namespace batchmill::simulator_detail {

struct visit;

class service : private line_executor {
 public:
  /// `start` is what the clock of files and batches shows at first.
  explicit service(const simulation_options& options, moment start = 1'790'000'000);

  /// Not thread-safe, apart from `books`.
  sim_answer handle(const sim_request& request, time_point now);

  /// Works on the batches and fine-tuning jobs for a short while. True when there is more to do
  /// now.
  bool work(time_point now);

  /// To be told when an answer goes out: what it was waiting for ends here.
  void leave(const departure& leaving, time_point now);

  const account& books() const { return books_; }

 private:
  line_answer execute(std::string_view endpoint, std::string_view body, bool fails) override;
  std::int64_t prompt_tokens(std::string_view endpoint, std::string_view body) override;

  void identify(visit& v);
  sim_answer pass(visit& v);
  sim_answer pass_gate(visit& v);
  sim_answer pass_body(visit& v);
  sim_answer pass_json(visit& v);
  sim_answer pass_form(visit& v, std::string_view content_type);
  sim_answer pass_parsed(visit& v, boost::json::object& body, const form_data& form);
  sim_answer admit(visit& v, const boost::json::object& body, const form_data& form);
  sim_answer strike(visit& v) const;
  sim_answer answer(visit& v, const admission& admitted);
  sim_answer show_limits(time_point now);
  sim_answer refuse(visit& v, const api_error& error) const;
  void spoil(const visit& v, sim_answer& answer) const;
  void finish(visit& v, sim_answer& answer);

  duration latency_of(const visit& v, const boost::json::object& body) const;
  refusal choose_fault(visit& v);

  simulation_options options_;
  storage storage_;
  route_table routes_ = all_routes(storage_);
  fault_plan faults_;
  fault_plan storage_faults_;
  rate_limits limits_;
  concurrency_gate gate_;
  std::uint64_t too_many_at_once_ = 0;
  account books_;
  bill bill_;
  execution_counts executions_;  // when the options ask for it
  std::uint64_t requests_ = 0;
  time_point now_{};
  std::vector<unsigned char> parse_memory_;  // for the JSON of one request at a time
};

}  // namespace batchmill::simulator_detail
