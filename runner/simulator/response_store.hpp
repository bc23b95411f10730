// The responses that were stored, by their ids.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace batchmill::simulator_detail {

/// Keeps the newest ones; a long run must not fill the memory.
class response_store {
 public:
  explicit response_store(std::size_t most = 1'000) : most_(most) {}

  void put(const std::string& id, std::string body);

  /// Null when there is none.
  const std::string* find(std::string_view id) const;

  bool remove(std::string_view id);

 private:
  std::size_t most_;
  std::unordered_map<std::string, std::string> bodies_;
  std::deque<std::string> order_;  // oldest first
};

}  // namespace batchmill::simulator_detail
