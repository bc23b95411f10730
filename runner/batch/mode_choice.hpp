// Online or through the Batch API, for specs that leave the choice to the run. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "batchmill/clock.hpp"
#include "batchmill/job_spec.hpp"

namespace batchmill {

struct mode_facts {
  mode_facts() = default;

  std::uint64_t rows = 0;                     // at least about
  double tokens_per_row = 0;                  // prompt and answer, estimated
  std::optional<double> requests_per_minute;  // that are known
  std::optional<double> tokens_per_minute;
  std::optional<duration> time_given;  // until the deadline
  preference prefer = preference::price;
  bool batch_possible = true;
};

struct mode_choice {
  mode_choice(bool b, std::string w) : batch(b), why(std::move(w)) {}

  bool batch;
  std::string why;  // half a sentence for a person
};

mode_choice choose_mode(const mode_facts& facts);

/// When the results are needed, by a spec's "6h" or "08:00"; nothing for an empty text. `now` and
/// the result are calendar times, the time of day is local.
std::optional<wall_time> deadline_after(const std::string& text, wall_time now);

}  // namespace batchmill
