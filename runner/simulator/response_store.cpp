#include "runner/simulator/response_store.hpp"

#include <utility>

namespace batchmill::simulator_detail {

void response_store::put(const std::string& id, std::string body) {
  if (bodies_.insert_or_assign(id, std::move(body)).second) order_.push_back(id);
  while (order_.size() > most_) {
    bodies_.erase(order_.front());
    order_.pop_front();
  }
}

const std::string* response_store::find(std::string_view id) const {
  const auto found = bodies_.find(std::string(id));
  return found == bodies_.end() ? nullptr : &found->second;
}

bool response_store::remove(std::string_view id) {
  std::erase(order_, id);
  return bodies_.erase(std::string(id)) > 0;
}

}  // namespace batchmill::simulator_detail
