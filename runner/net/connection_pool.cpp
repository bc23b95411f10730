#include "runner/net/connection_pool.hpp"

namespace batchmill {

namespace {

// Asking costs a system call; a connection that served just now is taken on trust.
constexpr duration trusted_idle = std::chrono::seconds(1);

}  // namespace

std::unique_ptr<pooled> connection_pool::take(time_point now) {
  while (!idle_.empty() && now - idle_.front().since >= idle_timeout_) idle_.pop_front();
  while (!idle_.empty()) {
    entry youngest = std::move(idle_.back());
    idle_.pop_back();
    if (now - youngest.since < trusted_idle || !youngest.connection->closed_by_peer())
      return std::move(youngest.connection);
  }
  return nullptr;
}

void connection_pool::put(std::unique_ptr<pooled> connection, time_point now) {
  idle_.push_back(entry{std::move(connection), now});
}

}  // namespace batchmill
