// Runs one coroutine on its own io_context and insists that it finishes and leaves no work behind.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>

#include "batchmill/awaitable.hpp"

namespace batchmill::testing {

/// For coroutines on real sockets. Throws "did not finish" after `limit` (a safety net, not
/// timing).
inline void run_coroutine(boost::asio::io_context& io, awaitable<void> task,
                          std::chrono::seconds limit = std::chrono::seconds(20)) {
  bool done = false;
  std::exception_ptr failure;
  boost::asio::co_spawn(io.get_executor(), std::move(task), [&](std::exception_ptr e) {
    done = true;
    failure = e;
  });
  io.run_for(limit);
  if (failure) std::rethrow_exception(failure);
  if (!done) throw std::runtime_error("coroutine did not finish");
  if (!io.stopped()) throw std::runtime_error("the coroutine left work behind");
}

/// Does it run out of work by itself, without being stopped? It gets less time than the 10 s that
/// most tests give a request, so that a timer left behind is seen.
inline bool runs_dry(boost::asio::io_context& io) {
  io.restart();
  io.run_for(std::chrono::seconds(8));
  return io.stopped();
}

}  // namespace batchmill::testing
