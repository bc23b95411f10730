#include "runner/row_faults.hpp"

#include <fmt/format.h>

namespace batchmill {

void row_faults::add(const row& r, const std::string& sentence) {
  const std::string place = fmt::format("{}:{}: ", *r.file, r.line);
  const bool whole_row = sentence.starts_with(place);
  const std::string what = whole_row ? sentence.substr(place.size()) : sentence;
  if (alike_ && whole_row && (places_.empty() || what == shared_)) {
    shared_ = what;
    places_.emplace_back(r.file, r.line);
    return;
  }
  tell_apart();
  observer_.notice(severity::error, sentence);
}

void row_faults::finish() {
  if (!alike_ || places_.size() < 2) return tell_apart();
  observer_.notice(severity::error,
                   fmt::format("{}:{}: {} (the same in all {} rows)", *places_.front().first,
                               places_.front().second, shared_, places_.size()));
}

void row_faults::tell_apart() {
  alike_ = false;
  for (const auto& [file, line] : places_) {
    observer_.notice(severity::error, fmt::format("{}:{}: {}", *file, line, shared_));
  }
  places_.clear();
}

}  // namespace batchmill
