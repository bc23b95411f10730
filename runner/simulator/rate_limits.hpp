// Rate limits as the API keeps them: per model, on requests and on tokens; who is admitted, what
// the headers say, and the books.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "batchmill/clock.hpp"
#include "batchmill/simulation.hpp"
#include "runner/simulator/api_error.hpp"
#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/limits/limit_books.hpp"
#include "runner/simulator/limits/limit_course.hpp"
#include "runner/simulator/limits/limit_errors.hpp"
#include "runner/simulator/limits/metered_limit.hpp"

namespace batchmill::simulator_detail {

class rate_limits {
 public:
  /// Throws usage_error when the limits contradict one another.
  explicit rate_limits(const simulation_options& options);

  rate_limits(const rate_limits&) = delete;
  rate_limits& operator=(const rate_limits&) = delete;

  /// Takes one request and `tokens` from the model's limits, or refuses and takes nothing.
  refusal admit(std::string_view model, std::int64_t tokens, time_point now);

  /// Charges `tokens` in addition, or gives them back when negative.
  void correct(std::string_view model, std::int64_t tokens, time_point now);

  /// The x-ratelimit-* lines; without limits none.
  std::string headers(std::string_view model, time_point now);

  /// The members of the books, into an object that is open.
  void write_books(json_writer& json, time_point now);

 private:
  using limit_set = std::array<std::optional<metered_limit>, dimensions>;

  struct model_limits {
    limit_set limits;  // but for that of the project
    limit_books books;
  };

  model_limits& limits_of(std::string_view model, time_point now);
  metered_limit* find(model_limits& of, dimension what);
  refusal check(std::string_view model, model_limits& of, dimension what, double amount);
  void take(model_limits& of, double requests, double tokens);

  simulation_options options_;
  limit_course course_;
  std::optional<metered_limit> project_;
  std::map<std::string, model_limits, std::less<>> models_;
};

}  // namespace batchmill::simulator_detail
