// The models that fine-tuning made, until they are deleted.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "runner/simulator/simulated_clock.hpp"

namespace batchmill::simulator_detail {

class tuned_models {
 public:
  void add(const std::string& name, moment created) { models_.emplace(name, created); }

  /// False when there is none of this name.
  bool remove(const std::string& name) {
    if (models_.erase(name) == 0) return false;
    deleted_.insert(name);
    return true;
  }

  /// Was there one of this name? Of names that no job made, nothing is known.
  bool is_deleted(std::string_view name) const { return deleted_.contains(name); }

  /// When it was made; 0: it was not, or is deleted.
  moment created(std::string_view name) const {
    const auto found = models_.find(name);
    return found == models_.end() ? 0 : found->second;
  }

  const std::map<std::string, moment, std::less<>>& all() const { return models_; }

 private:
  std::map<std::string, moment, std::less<>> models_;
  std::set<std::string, std::less<>> deleted_;
};

}  // namespace batchmill::simulator_detail
