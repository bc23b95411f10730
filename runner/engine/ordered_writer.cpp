#include "runner/engine/ordered_writer.hpp"

#include <utility>

namespace batchmill {

ordered_writer::ordered_writer(executor ex, append_file& output, append_file* failed,
                               std::size_t window)
    : output_(output), failed_(failed), window_(window), room_(ex) {}

awaitable<void> ordered_writer::room() {
  while (!has_room() && !released_) co_await room_.wait();
}

void ordered_writer::put(std::uint64_t index, std::string line, std::string failed_input) {
  const std::size_t place = index - position_;
  if (place >= slots_.size()) slots_.resize(place + 1);
  slot& s = slots_[place];
  s.finished = true;
  s.line = std::move(line);
  s.failed_input = std::move(failed_input);
  held_bytes_ += s.line.size() + s.failed_input.size();
  ++held_;
  while (!slots_.empty() && slots_.front().finished) {
    append(slots_.front());
    slots_.pop_front();
    ++position_;
    --held_;
  }
  if (has_room()) room_.wake();
}

void ordered_writer::append(slot& s) {
  held_bytes_ -= s.line.size() + s.failed_input.size();
  output_.append_line(s.line);
  if (failed_ != nullptr && !s.failed_input.empty()) failed_->append_line(s.failed_input);
}

void ordered_writer::flush() {
  output_.flush();
  if (failed_ != nullptr) failed_->flush();
}

void ordered_writer::release_waiters() {
  released_ = true;
  room_.wake();
}

}  // namespace batchmill
