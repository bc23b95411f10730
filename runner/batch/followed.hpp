// A part while the conductor brings it through its steps.
#pragma once

#include <optional>
#include <utility>

#include "runner/batch/conductor.hpp"
#include "runner/engine/parking.hpp"

namespace batchmill {

struct conductor::followed {
  followed(executor ex, batch_part p, time_point now, unsigned cut)
      : facts(std::move(p)), spot(ex), taken_up(now), cuts(cut) {}

  batch_part facts;
  parking_spot spot;                 // its coroutine waits here
  std::optional<remote_batch> seen;  // as the server last showed it
  time_point taken_up;               // when this process saw it first, or a call went unanswered
  bool in_doubt = false;             // its batch may exist, and is looked for
  unsigned cuts;                     // how often its rows were halved for the budget
  money held;                        // set aside for what it can cost
  bool in_queue = false;             // its tokens count in the queue
  bool asked_to_end = false;         // by this process
  unsigned lost_answers = 0;         // in a row
  unsigned refused_alone = 0;        // for a full queue, with nothing of ours in it
  unsigned lost_files = 0;           // how often the server had forgotten its file
};

}  // namespace batchmill
