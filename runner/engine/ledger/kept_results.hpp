// Results of earlier generations, found by the hash of what was sent for them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "batchmill/job_spec.hpp"
#include "runner/engine/ledger/disk_file.hpp"
#include "runner/engine/ledger/finished_row.hpp"
#include "runner/engine/ledger/ledger_paths.hpp"
#include "runner/engine/ledger/recovery.hpp"

namespace batchmill {

class kept_results {
 public:
  /// Opens all generations. `now` is what the current one has finished already: it took its share.
  /// Without `failed`, failed rows are not among them.
  kept_results(const ledger_paths& paths, output_format format, bool failed, const recovered& now);

  /// The result of a row with this hash, each given once: equal rows each get an answer of their
  /// own. Throws run_error when it cannot be read.
  std::optional<finished_row> take(std::uint64_t hash);

  /// As `take`, but only says whether there is one. `forget_claims` undoes it all.
  bool claim(std::uint64_t hash);
  void forget_claims();

  std::size_t size() const { return entries_.size(); }

 private:
  /// A file that holds results: an output, or a segment of its log.
  struct source {
    disk_file file;
    bool log = false;
    disk_file matrix;                    // of the output's rows; not open when there is none
    std::vector<std::uint64_t> offsets;  // of the rows' lines, where there is a matrix
    unsigned generation = 0;             // newer ones have lower numbers; 0 is the current one
  };
  struct entry {
    std::uint64_t hash = 0;
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    std::uint32_t source = 0;
  };

  void load(const ledger_paths& paths, unsigned generation, bool failed);
  void load_output(const ledger_paths& paths, const recovered& found, bool failed);
  void load_log(const ledger_paths& paths, const recovered& found, bool failed);
  void keep_largest_groups();
  void leave_out(const ledger_paths& paths, const recovered& now);
  using counts = std::vector<std::uint32_t>;
  std::optional<std::size_t> take_from(std::uint64_t hash, counts& used) const;
  finished_row read(const entry& from) const;

  output_format format_;
  std::vector<source> sources_;
  std::vector<entry> entries_;  // by hash
  counts taken_;  // at the place of a hash's first entry: how many of its entries are gone
  counts claimed_;
};

}  // namespace batchmill
