// One client connection: requests in, answers out, one after the other.
#pragma once

#include <ctime>
#include <string>
#include <vector>

#include "batchmill/awaitable.hpp"
#include "runner/simulator/file_sender.hpp"

namespace batchmill::simulator_detail {

class service;

/// What all connections of a server share.
struct shared_parts {
  explicit shared_parts(service& s);

  service& api;

  // Connections wait until bytes are there and then receive into this one buffer, so that
  // thousands of waiting ones hold no buffer of their own.
  std::vector<char> inbox;

  /// The current Date header line.
  const std::string& date();

 private:
  std::string date_;
  std::time_t second_ = 0;
};

/// Serves until the client leaves, or asks for the end, or an answer demands it. `shared` must
/// outlive the coroutine.
awaitable<void> serve(tcp_socket socket, shared_parts& shared);

}  // namespace batchmill::simulator_detail
