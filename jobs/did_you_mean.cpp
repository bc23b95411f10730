#include "jobs/did_you_mean.hpp"

#include "batchmill/nearest_name.hpp"

namespace batchmill::jobs {

std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& names) {
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string_view name = nearest_name(wrong, candidates);
  return name.empty() ? std::string() : "; did you mean '" + std::string(name) + "'?";
}

}  // namespace batchmill::jobs
