// What is under way for one call of send(), and how it is brought to an end early.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <memory>
#include <optional>

#include "batchmill/error.hpp"
#include "runner/net/connection.hpp"
#include "runner/net/connector.hpp"
#include "runner/net/deadline_list.hpp"

namespace batchmill {

class attempt : public deadline_entry {
 public:
  explicit attempt(time_point deadline) : deadline_entry(deadline) {}

  /// Wakes the attempt's coroutine, which then finds `ended`.
  void end(net_errc why) {
    ended = why;
    if (link) link->interrupt();
    if (opening) opening->emit(boost::asio::cancellation_type::terminal);
  }

  std::optional<net_errc> ended;  // timed_out or stopped
  net_phase phase = net_phase::exchanging;
  std::unique_ptr<connection> link;
  boost::asio::cancellation_signal* opening = nullptr;  // while a connection is being opened
};

}  // namespace batchmill
