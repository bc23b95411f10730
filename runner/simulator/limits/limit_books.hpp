// What came of the requests as far as limits go: the numbers from which a bench computes how well
// they were used.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/limits/limit_course.hpp"
#include "runner/simulator/limits/limit_errors.hpp"
#include "runner/simulator/limits/metered_limit.hpp"

namespace batchmill::simulator_detail {

/// What happened, in one model or in all.
struct limit_books {
  limit_books() = default;

  void refuse(dimension what, bool too_large);
  void admit(std::int64_t charged, time_point now);
  void add(const limit_books& other);

  std::uint64_t attempts = 0;
  std::array<std::uint64_t, dimensions> refused{};
  std::uint64_t too_large = 0;      // refused, too, but could never pass
  std::uint64_t requests = 0;       // admitted
  std::int64_t tokens = 0;          // charged, corrections included
  std::optional<time_point> first;  // admitted
  std::optional<time_point> last;
};

/// What a limit left to us since the first admitted request.
struct limit_flow {
  limit_flow() = default;
  limit_flow(const metered_limit& limit, const limit_books& books, time_point now);

  void add(const limit_flow& other);

  bool limited = false;
  double allowed = 0;  // until the last admitted request
  double until_now = 0;
  double burst = 0;  // what was there at first, not in the others
};

/// Writes members into an object that is open.
void write_books(json_writer& json, const limit_books& books, const limit_course& course);
void write_flow(json_writer& json, std::string_view unit, const limit_flow& flow);

}  // namespace batchmill::simulator_detail
