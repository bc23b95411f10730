// What a moderation model found in one row, and what the user's own thresholds make of it.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/job_spec.hpp"

namespace batchmill::jobs {

/// Scores from which on a category counts as flagged, instead of the server's own verdict on it.
class moderation_thresholds {
 public:
  /// Throws usage_error for what is no category or no score.
  explicit moderation_thresholds(const job_spec& spec);

  bool any() const { return !scores_.empty(); }

  /// Null when the server decides.
  const double* find(std::string_view category) const;

 private:
  std::map<std::string, double, std::less<>> scores_;
};

struct moderation_result {
  moderation_result() = default;

  bool flagged = false;
  std::vector<std::string> categories;  // those that fired
  std::string score;                    // raw: the highest of all; empty when there is none
  std::string json;                     // as the API writes it
};

/// Of the raw results for the pieces of one row, each category's highest score counts. A single
/// result stays as the server wrote it unless thresholds change it.
moderation_result combine(std::span<const std::string_view> pieces,
                          const moderation_thresholds& thresholds);

}  // namespace batchmill::jobs
