// Puts finished lines into the output in the order of their rows, however they finish.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "runner/engine/append_file.hpp"
#include "runner/engine/parking.hpp"

namespace batchmill {

class ordered_writer {
 public:
  /// `window`: bytes of finished lines that may wait for an older row. The files must outlive the
  /// writer; `failed` may be null.
  ordered_writer(executor ex, append_file& output, append_file* failed, std::size_t window);

  /// Returns when another row may be begun.
  awaitable<void> room();
  bool has_room() const { return held_bytes_ < window_; }

  /// The row's last word: its output line and, when it failed, its input, each without line end.
  void put(std::uint64_t index, std::string line, std::string failed_input);

  /// Hands the lines whose turn has come to the operating system. Throws run_error.
  void flush();

  /// Rows in the output so far: all below are finished and written, or waiting for flush.
  std::uint64_t position() const { return position_; }

  /// Finished rows that still wait for an older one.
  std::uint64_t held() const { return held_; }

  /// Lets `room` return for good: the run is stopping.
  void release_waiters();

 private:
  struct slot {
    slot() = default;

    bool finished = false;
    std::string line;
    std::string failed_input;
  };

  void append(slot& s);

  append_file& output_;
  append_file* failed_;
  std::size_t window_;
  std::deque<slot> slots_;  // from position_ on
  std::uint64_t position_ = 0;
  std::uint64_t held_ = 0;
  std::size_t held_bytes_ = 0;
  bool released_ = false;
  parking_spot room_;
};

}  // namespace batchmill
