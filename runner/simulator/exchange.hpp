// What goes into the simulated service and what comes out: plain values, no sockets, no clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/clock.hpp"

namespace batchmill::simulator_detail {

struct sim_header {
  std::string_view name;
  std::string_view value;
};

/// One request. Everything is a view: the server keeps the bytes until the answer is made.
struct sim_request {
  std::string_view method;
  std::string_view target;
  std::string_view body;
  std::vector<sim_header> headers;

  /// The value of the first header called `name` (any case); empty when absent.
  std::string_view header(std::string_view name) const;
};

/// What happens on the wire with an answer that is ready?
enum class delivery {
  whole,      // it is sent
  drop,       // the connection is closed without a byte of it
  reset,      // the same, abruptly (TCP reset)
  truncated,  // the head and half of the body, then the connection is closed
};

/// What is to be reckoned up when an answer goes out.
struct departure {
  departure() = default;

  bool counted = false;     // among the requests that are being answered
  std::string model;        // whose limits get the correction
  std::int64_t tokens = 0;  // to charge in addition, or to give back
};

struct sim_answer {
  sim_answer() = default;

  int status = 200;
  std::string
      headers;  // "Name: value\r\n" lines; Date, Content-Length, Connection are the server's
  std::string body;
  duration delay{};  // to wait before sending
  delivery how = delivery::whole;
  departure leaving;
  bool chunked = false;  // the body is a stream of events
};

}  // namespace batchmill::simulator_detail
