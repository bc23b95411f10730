// The file descriptor that progress goes to, and what stands behind it.
#include "runner/progress/console.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace batchmill {

namespace {

bool wait_writable(int fd, int milliseconds) {
  pollfd p{fd, POLLOUT, 0};
  return ::poll(&p, 1, milliseconds) > 0;
}

}  // namespace

bool console::is_terminal() const {
  return ::isatty(fd_) == 1;
}

bool console::ready() const {
  return wait_writable(fd_, 0);
}

void console::write(std::string_view text) {
  while (!text.empty() && !broken_) {
    const auto n = ::write(fd_, text.data(), text.size());
    if (n >= 0)
      text.remove_prefix(static_cast<std::size_t>(n));
    else if (errno == EAGAIN)
      wait_writable(fd_, -1);
    else if (errno != EINTR)
      broken_ = true;
  }
}

console::size console::dimensions() const {
  winsize w{};
  size s;
  if (::ioctl(fd_, TIOCGWINSZ, &w) != 0) return s;
  if (w.ws_col > 0) s.columns = w.ws_col;
  if (w.ws_row > 0) s.rows = w.ws_row;
  return s;
}

}  // namespace batchmill
