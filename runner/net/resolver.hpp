// Asks the system for the addresses of a host, on a thread of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runner/net/asio.hpp"

namespace batchmill {

struct found_addresses {
  found_addresses() = default;

  std::vector<tcp::endpoint> endpoints;
  std::string failure;  // why there are none, e.g. "Name or service not known"
};

class resolver {
 public:
  using receiver = std::function<void(found_addresses)>;

  virtual ~resolver() = default;

  /// `take` is called once, later, on the executor; never when the resolver is gone by then. One
  /// question at a time.
  virtual void resolve(const std::string& host, std::uint16_t port, receiver take) = 0;
};

/// Asio's own resolver would be waited for at the end of the program, for as long as the name
/// server is silent; this one's thread is left to itself.
std::unique_ptr<resolver> make_system_resolver(executor ex);

}  // namespace batchmill
