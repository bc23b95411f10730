#include "runner/net/ready_set.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <utility>

namespace batchmill {

namespace {

[[noreturn]] void fail(const char* what) {
  throw boost::system::system_error(errno, boost::system::system_category(), what);
}

int make_epoll() {
  const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
  if (descriptor < 0) fail("epoll_create1");
  return descriptor;
}

}  // namespace

ready_set::ready_set(executor ex) : executor_(ex), epoll_(ex, make_epoll()) {}

void ready_set::listen() {
  if (listening_) return;
  listening_ = true;
  epoll_.async_wait(epoll_.wait_read, [this, alive = std::weak_ptr(alive_)](net_error error) {
    if (alive.expired()) return;
    listening_ = false;
    if (!error) deliver();
    if (waiting_ > 0) listen();
  });
}

// A coroutine that is woken may destroy other sockets, whose turn then never comes.
void ready_set::deliver() {
  std::array<epoll_event, most_at_once> events;
  const int n = ::epoll_wait(epoll_.native_handle(), events.data(), most_at_once, 0);
  told_count_ = std::max(n, 0);
  for (int i = 0; i < told_count_; ++i) {
    told_[i] = static_cast<ready_socket*>(events[i].data.ptr);
  }
  for (int i = 0; i < told_count_; ++i) {
    if (!told_[i]) continue;
    told_[i]->note(events[i].events);
    if (!told_[i]->may_go_on()) continue;
    told_[i]->became_ready(told_[i]->awaited_);
    auto resume = told_[i]->take_waiter();
    std::move(resume)();
  }
  told_count_ = 0;
}

void ready_set::forget(const ready_socket& socket) {
  std::replace(told_.begin(), told_.begin() + told_count_, const_cast<ready_socket*>(&socket),
               static_cast<ready_socket*>(nullptr));
}

ready_socket::ready_socket(ready_set& set, tcp_socket socket) : set_(set) {
  socket.native_non_blocking(true);
  descriptor_ = socket.release();
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = this;
  if (::epoll_ctl(set_.epoll_.native_handle(), EPOLL_CTL_ADD, descriptor_, &event) == 0) return;
  const int why = errno;
  ::close(descriptor_);
  errno = why;
  fail("epoll_ctl");
}

ready_socket::~ready_socket() {
  if (waiter_) take_waiter();
  set_.forget(*this);
  ::close(descriptor_);  // leaves the epoll set by that
}

void ready_socket::note(std::uint32_t events) {
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) ended_ = true;
  if (events & EPOLLIN) readable_ = true;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) writable_ = true;
}

bool ready_socket::may_go_on() const {
  return waiter_ && (awaited_ == io_status::wait_write ? writable_ : readable_ || ended_);
}

bool ready_socket::became_ready(io_status what) {
  if (what == io_status::wait_write) return std::exchange(writable_, false);
  return std::exchange(readable_, false) || ended_;
}

awaitable<void> ready_socket::suspend(io_status what) {
  awaited_ = what;
  token as_awaitable;
  return boost::asio::async_initiate<token, void()>(
      [this](handler resume) {
        waiter_.emplace(std::move(resume));
        ++set_.waiting_;
        set_.listen();
      },
      as_awaitable);
}

void ready_socket::interrupt() {
  if (!waiter_) return;
  boost::asio::post(set_.executor_, take_waiter());
  if (set_.waiting_ == 0) {
    net_error ignored;
    set_.epoll_.cancel(ignored);  // else it would keep the thread at work
  }
}

ready_socket::handler ready_socket::take_waiter() {
  --set_.waiting_;
  handler taken(std::move(*waiter_));
  waiter_.reset();
  return taken;
}

}  // namespace batchmill
