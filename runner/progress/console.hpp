// The file descriptor that progress goes to, and what stands behind it.
#pragma once

#include <string_view>

namespace batchmill {

class console {
 public:
  /// `fd` must outlive the console; it is not closed.
  explicit console(int fd) : fd_(fd) {}

  bool is_terminal() const;

  /// Would a write wait? A terminal held by Ctrl-S must not hold the run.
  bool ready() const;

  /// All of it, with one write where the system takes it. A reader that went away is not told
  /// twice.
  void write(std::string_view text);

  struct size {
    int columns = 80;
    int rows = 24;
  };
  /// Asked anew each time: windows are resized.
  size dimensions() const;

 private:
  int fd_;
  bool broken_ = false;
};

}  // namespace batchmill
