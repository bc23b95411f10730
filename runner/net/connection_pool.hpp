// Which idle keep-alive connection serves next: the youngest, so that the others may grow old and
// be closed. Bookkeeping only; it knows nothing of sockets.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

#include "batchmill/clock.hpp"

namespace batchmill {

/// What the pool keeps. Destroying it closes the connection.
class pooled {
 public:
  pooled() = default;
  pooled(const pooled&) = delete;
  pooled& operator=(const pooled&) = delete;
  virtual ~pooled() = default;

  /// Asked when it has been idle for a while: has the other side closed it meanwhile?
  virtual bool closed_by_peer() const = 0;
};

class connection_pool {
 public:
  explicit connection_pool(duration idle_timeout) : idle_timeout_(idle_timeout) {}

  /// The connection used last, null when there is none. Closes those idle for too long.
  std::unique_ptr<pooled> take(time_point now);

  void put(std::unique_ptr<pooled> connection, time_point now);

  /// Closes the connection idle for longest.
  void close_oldest() {
    if (!idle_.empty()) idle_.pop_front();
  }

  void clear() { idle_.clear(); }

  std::size_t size() const { return idle_.size(); }

 private:
  struct entry {
    std::unique_ptr<pooled> connection;
    time_point since;
  };

  duration idle_timeout_;
  std::deque<entry> idle_;  // the longest idle first
};

}  // namespace batchmill
