// What the simulator would charge: tokens and dollars of all that was executed, by model.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "batchmill/models.hpp"

namespace batchmill::simulator_detail {

class bill {
 public:
  void add(std::string_view model, const token_usage& used, billing how = billing::online);

  /// {"usd":1.5,"models":[{"model":"gpt-4o-mini","requests":9,"prompt_tokens":1,...,"usd":1.5}]};
  /// the dollars are null where the catalogue has no price.
  std::string json() const;

 private:
  struct position {
    std::uint64_t requests = 0;
    token_usage used;
    money charged;
    bool priced = true;
  };

  std::map<std::string, position, std::less<>> models_;
};

}  // namespace batchmill::simulator_detail
