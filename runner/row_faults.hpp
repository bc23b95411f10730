// What `check` says of faulty rows: each by itself, but once when all rows have the same fault,
// which then is the spec's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/observer.hpp"
#include "batchmill/row.hpp"

namespace batchmill {

class row_faults {
 public:
  /// `observer` must outlive it.
  explicit row_faults(run_observer& observer) : observer_(observer) {}

  /// `sentence` begins with the row's place where it is not about a place within the row.
  void add(const row& r, const std::string& sentence);

  /// A row is in order.
  void pass() { tell_apart(); }

  /// There are no more rows.
  void finish();

 private:
  void tell_apart();

  run_observer& observer_;
  bool alike_ = true;   // all rows so far have `shared_`
  std::string shared_;  // without the place
  std::vector<std::pair<std::shared_ptr<const std::string>, std::uint64_t>> places_;
};

}  // namespace batchmill
