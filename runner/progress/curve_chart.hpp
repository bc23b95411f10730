// The course of a measurement as a small picture in text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runner/progress/text.hpp"

namespace batchmill {

/// A value at a step.
using curve_point = std::pair<std::int64_t, double>;

struct curve {
  curve() = default;

  std::string title;               // "loss"
  std::vector<curve_point> main;   // of the training
  std::vector<curve_point> other;  // of the validation; may be empty
};

/// The lines of the picture: a title with the last values, then `rows` rows whose edge tells the
/// largest and the smallest value; each `width` columns. Steps from 0 to `last_step`. Dots of four
/// to a row and two to a column where the terminal has Unicode.
std::vector<std::string> render_curve(const curve& c, std::int64_t last_step, std::size_t width,
                                      std::size_t rows, look l);

/// Two pictures side by side, as many columns each.
std::vector<std::string> beside(const std::vector<std::string>& left,
                                const std::vector<std::string>& right, std::size_t width);

}  // namespace batchmill
