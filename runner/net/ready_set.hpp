// Sockets that coroutines of one thread wait for, in an epoll set of their own.
//
// Asio's own wait asks the kernel anew each time (EPOLL_CTL_MOD). Here a socket is entered once,
// and tells by edges: what it said while nobody waited is remembered. Asio waits for the set as a
// whole.
#pragma once

#include <array>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "runner/net/asio.hpp"
#include "runner/net/io_status.hpp"

struct epoll_event;

namespace batchmill {

class ready_socket;

class ready_set {
 public:
  /// Throws boost::system::system_error when the system has no more descriptors. The set outlives
  /// its sockets.
  explicit ready_set(executor ex);
  ready_set(const ready_set&) = delete;
  ready_set& operator=(const ready_set&) = delete;

 private:
  friend class ready_socket;
  static constexpr int most_at_once = 128;  // then timers and signals have a turn

  void listen();
  void deliver();
  void forget(const ready_socket& socket);

  executor executor_;
  boost::asio::posix::basic_stream_descriptor<executor> epoll_;
  std::size_t waiting_ = 0;                       // sockets
  std::array<ready_socket*, most_at_once> told_;  // what is being delivered
  int told_count_ = 0;
  bool listening_ = false;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

/// A connected socket, which it owns. One coroutine at a time may wait for it.
class ready_socket {
 public:
  /// Takes the socket from Asio and makes it non-blocking.
  ready_socket(ready_set& set, tcp_socket socket);
  ready_socket(const ready_socket&) = delete;
  ready_socket& operator=(const ready_socket&) = delete;
  ~ready_socket();

  int native_handle() const { return descriptor_; }

  /// Has it become ready since the last call? `what` is wait_read or wait_write, as the operation
  /// said that could not go on. Else suspend() has to follow at once.
  bool became_ready(io_status what);
  awaitable<void> suspend(io_status what);

  /// Wakes the coroutine that waits, if one does.
  void interrupt();

 private:
  friend class ready_set;
  using token = boost::asio::use_awaitable_t<executor>;
  using handler = boost::asio::async_result<token, void()>::handler_type;

  void note(std::uint32_t events);
  bool may_go_on() const;
  handler take_waiter();

  ready_set& set_;
  int descriptor_;
  bool readable_ = false;
  bool writable_ = false;
  bool ended_ = false;  // by the other side, or broken: that is told once, and stays
  io_status awaited_ = io_status::done;
  std::optional<handler> waiter_;
};

}  // namespace batchmill
