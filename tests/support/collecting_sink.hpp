// A sink that keeps what it gets, and can have enough.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "batchmill/transport.hpp"

namespace batchmill::testing {

class collecting_sink final : public body_sink {
 public:
  bool begin(const http_response& head) override {
    ++begun;
    status = head.status;
    fields = head.head;
    return wanted;
  }

  bool write(std::string_view bytes) override {
    received += bytes;
    ++writes;
    if (on_write) on_write();
    return received.size() < enough;
  }

  bool wanted = true;
  std::size_t enough = static_cast<std::size_t>(-1);
  std::function<void()> on_write;

  int begun = 0;
  int writes = 0;
  int status = 0;
  std::string fields;
  std::string received;
};

}  // namespace batchmill::testing
