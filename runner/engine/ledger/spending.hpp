// What a run has cost so far, kept beside its log: a budget holds for all processes of a run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "batchmill/money.hpp"
#include "batchmill/observer.hpp"

namespace batchmill {

struct spending {
  spending() = default;

  std::vector<model_cost> models;
  money unsettled;  // at most, by requests that were under way when a process died
  money promised;   // the process that wrote this booked and holds no more; at its end, what it
                    // booked

  /// Of all models: spent, at risk and unsettled.
  money booked() const;

  /// The same in its parts.
  run_cost cost() const;
};

/// As the file's text, one line of JSON.
std::string to_text(const spending& all);

/// Nothing was spent when the text cannot be read.
spending spending_from(std::string_view text);

/// Where a process died, what it was allowed to spend beyond what it booked counts as spent.
spending after_the_end(spending all);

/// Kept in a file that is replaced as a whole, so that it is never half-written.
class spending_file {
 public:
  /// Without a path nothing is kept.
  explicit spending_file(std::string path) : path_(std::move(path)) {}

  spending read() const;

  /// Durable when it returns. Throws run_error.
  void write(const spending& all) const;

 private:
  std::string path_;
};

}  // namespace batchmill
