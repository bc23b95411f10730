// The models that fine-tuning made, until they are deleted.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "runner/simulator/fine_tuning/lessons.hpp"
#include "runner/simulator/simulated_clock.hpp"

namespace batchmill::simulator_detail {

struct tuned_model {
  moment created = 0;
  std::shared_ptr<const lessons> learned;
};

class tuned_models {
 public:
  void add(const std::string& name, tuned_model model) { models_.emplace(name, std::move(model)); }

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
    return found == models_.end() ? 0 : found->second.created;
  }

  /// What the model has learned to say to these texts; empty: nothing.
  std::string_view recall(std::string_view name, std::span<const std::string_view> texts) const {
    const auto found = models_.find(name);
    if (found == models_.end() || !found->second.learned) return {};
    return found->second.learned->recall(texts);
  }

  const std::map<std::string, tuned_model, std::less<>>& all() const { return models_; }

 private:
  std::map<std::string, tuned_model, std::less<>> models_;
  std::set<std::string, std::less<>> deleted_;
};

}  // namespace batchmill::simulator_detail
