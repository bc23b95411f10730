// The end of a row's way: its last word becomes an output line and enters the books.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/engine/run_statistics.hpp"
#include "runner/engine/scheduler_parts.hpp"
#include "runner/flow/failure_rule.hpp"

namespace batchmill {

class delivery {
 public:
  /// Both must outlive the delivery.
  delivery(const scheduler_parts& parts, run_statistics& statistics);

  /// Returns the reason for which the run should end: this row was one failure too many, or a file
  /// of its answer cannot be saved.
  std::optional<std::string> finish(const row& r, std::uint64_t hash, outcome&& result);

  /// Puts the result that an earlier output has for this very request; false when it has none.
  bool take_over(const row& r, const prepared_request& prepared, std::uint64_t hash);

  /// Puts the answer to an equal row, where one rests in the output; false when none does.
  /// `forgotten` as for resting_answers::find.
  bool share_resting(const row& r, const prepared_request& prepared, std::uint64_t hash,
                     std::size_t forgotten);

  /// Was the row finished by an earlier process?
  bool finished_before(const row& r);

 private:
  std::vector<std::string> save_artifacts(const row& r, outcome& result) const;
  std::string shown_input(const row& r) const;
  void relabel(const row& r, const prepared_request& prepared, std::uint64_t hash,
               finished_row& last) const;

  const scheduler_parts& parts_;
  run_statistics& statistics_;
  failure_rule failures_;
};

}  // namespace batchmill
