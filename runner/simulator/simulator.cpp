#include "runner/simulator/simulator.hpp"

#include <chrono>
#include <thread>
#include <utility>

#include "runner/simulator/server.hpp"
#include "runner/simulator/service.hpp"

namespace batchmill {

namespace {

double seconds_since_1970() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

}  // namespace

class simulator::running {
 public:
  running(const simulation_options& options, const std::string& address, std::uint16_t port)
      : service_(options, seconds_since_1970()),
        server_(service_, address, port),
        thread_([this] { server_.run(); }) {}

  ~running() {
    server_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return server_.port(); }
  simulator_counters counters() const { return service_.books().snapshot(); }

 private:
  simulator_detail::service service_;
  simulator_detail::server server_;
  std::thread thread_;
};

simulator::simulator(const simulation_options& options, std::string address, std::uint16_t port)
    : running_(std::make_unique<running>(options, address, port)) {}

simulator::~simulator() = default;

std::uint16_t simulator::port() const {
  return running_->port();
}

simulator_counters simulator::counters() const {
  return running_->counters();
}

}  // namespace batchmill
