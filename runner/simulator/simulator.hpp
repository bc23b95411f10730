// The simulator as a server on its own thread: the OpenAI-like API on a TCP port.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "batchmill/simulation.hpp"
#include "runner/simulator/account.hpp"

namespace batchmill {

class simulator {
 public:
  /// Listens on `port`, 0 meaning any free one. Throws run_error when it cannot.
  explicit simulator(const simulation_options& options, std::string address = "127.0.0.1",
                     std::uint16_t port = 0);

  /// Stops at once; connections are closed.
  ~simulator();

  simulator(const simulator&) = delete;
  simulator& operator=(const simulator&) = delete;

  std::uint16_t port() const;

  /// What happened so far. May be called from any thread.
  simulator_counters counters() const;

 private:
  class running;
  std::unique_ptr<running> running_;
};

}  // namespace batchmill
