// What the state on the disk means for the run that finds it.
#pragma once

#include "runner/engine/ledger/input_check.hpp"

namespace batchmill {

/// What an earlier process left, held against the spec and the input of now.
struct earlier_run {
  input_comparison input;
  bool inputs_differ = false;  // other files, or other sizes
  bool format_differs = false;
  bool any_failed = false;
  bool any_ahead = false;  // finished rows that are not in the output yet
};

/// What the user asked for.
struct opening_wishes {
  bool reuse = false;
  bool retry_failed = false;
  bool replace = false;  // a rehearsal: what does not fit is simply replaced
};

enum class verdict {
  go_on,
  complete,       // nothing is left to ask
  renew,          // a new output is made of the earlier results and new ones
  start_over,     // the earlier results are thrown away
  choice_needed,  // something changed, and the user has not said what is to become of it
  wrong_format,   // the earlier results are of a format that cannot be gone on with
};

verdict judge(const earlier_run& earlier, const opening_wishes& wishes);

}  // namespace batchmill
