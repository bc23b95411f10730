// Files elsewhere, as a test says.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "runner/engine/file_fetcher.hpp"

namespace batchmill::testing {

/// Answers as it is told, and counts.
class scripted_files final : public file_source {
 public:
  using script = std::function<attempt_result(const std::string& address, unsigned attempt)>;
  explicit scripted_files(script s) : answers_(std::move(s)) {}

  awaitable<attempt_result> get(std::string address, time_point) override {
    ++attempts;
    co_return answers_(address, attempts);
  }
  void cancel() override {}

  unsigned attempts = 0;

 private:
  script answers_;
};

}  // namespace batchmill::testing
