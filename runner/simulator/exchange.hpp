// What goes into the simulated service and what comes out: plain values, no sockets, no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "batchmill/clock.hpp"
#include "runner/simulator/files/file_content.hpp"

namespace batchmill::simulator_detail {

class form_spool;

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
  const form_spool* spool = nullptr;  // the body instead, when it is a form on disk

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

/// A part of what a file holds.
struct stored_range {
  stored_range(file_content c, std::uint64_t b, std::uint64_t s)
      : content(std::move(c)), begin(b), size(s) {}

  file_content content;
  std::uint64_t begin;
  std::uint64_t size;
};

struct sim_answer {
  sim_answer() = default;

  int status = 200;
  std::string
      headers;  // "Name: value\r\n" lines; Date, Content-Length, Connection are the server's
  std::string body;
  std::optional<stored_range> stored;  // instead of `body`
  duration delay{};                    // to wait before sending
  delivery how = delivery::whole;
  departure leaving;
  bool chunked = false;  // the body is a stream of events
};

}  // namespace batchmill::simulator_detail
