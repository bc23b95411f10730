#include "runner/net/connection.hpp"

#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace batchmill {

namespace {

constexpr std::size_t tls_record = 16384;
constexpr int longest_alert = 64;  // OpenSSL sends one when a connection ends without a goodbye

io_status status_of_errno(io_status when_blocked) {
  return errno == EAGAIN || errno == EINTR ? when_blocked : io_status::failed;
}

iovec slice(std::string_view text, std::size_t from) {
  text.remove_prefix(std::min(from, text.size()));
  return {const_cast<char*>(text.data()), text.size()};
}

}  // namespace

connection::connection(ready_set& set, tcp_socket socket) : socket_(set, std::move(socket)) {
  const int on = 1;  // the connection works without it, a little slower
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

connection::~connection() {
  if (tls_) tls_->shut_down();
}

io_status connection::read(char* data, std::size_t size, std::size_t& got) {
  if (tls_) return tls_->read(data, size, got);
  const auto n = ::recv(socket_.native_handle(), data, size, 0);
  got = n > 0 ? static_cast<std::size_t>(n) : 0;
  if (n < 0) return status_of_errno(io_status::wait_read);
  return n == 0 ? io_status::closed : io_status::done;
}

io_status connection::write(std::string_view head, std::string_view body, std::size_t& sent) {
  io_status status = io_status::done;
  while (status == io_status::done && sent < head.size() + body.size())
    status = tls_ ? write_tls(head, body, sent) : write_plain(head, body, sent);
  return status;
}

io_status connection::write_plain(std::string_view head, std::string_view body, std::size_t& sent) {
  std::array<iovec, 2> parts = {slice(head, sent), slice(body, sent - std::min(sent, head.size()))};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  const auto n = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
  if (n < 0) return status_of_errno(io_status::wait_write);
  sent += static_cast<std::size_t>(n);
  return io_status::done;
}

// Head and beginning of the body go into one record: one segment and one system call less. OpenSSL
// wants the same bytes again after it had to wait, and gets them, as they follow from `sent`.
io_status connection::write_tls(std::string_view head, std::string_view body, std::size_t& sent) {
  std::size_t written = 0;
  io_status status;
  if (sent < head.size()) {
    std::array<char, tls_record> record;
    const std::size_t of_head = head.copy(record.data(), record.size(), sent);
    const std::size_t of_body = body.copy(record.data() + of_head, record.size() - of_head);
    status = tls_->write(record.data(), of_head + of_body, written);
  } else {
    const iovec rest = slice(body, sent - head.size());
    status = tls_->write(static_cast<const char*>(rest.iov_base), rest.iov_len, written);
  }
  sent += written;
  return status;
}

ssize_t connection::peek() const {
  char byte;
  return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
}

bool connection::has_input() const {
  return peek() >= 0;
}

bool connection::closed_by_peer() const {
  const auto n = peek();
  if (n < 0) return errno != EAGAIN && errno != EINTR;
  // Bytes nobody asked for: under TLS a session ticket, else a connection out of step.
  return n == 0 || !tls_;
}

bool connection::has_unconfirmed() const {
  int bytes = 0;
  if (::ioctl(socket_.native_handle(), TIOCOUTQ, &bytes) != 0) return false;
  return bytes > (tls_ ? longest_alert : 0);
}

bool connection::was_reset() const {
  if (tls_) return false;  // the alert may have brought the reset about
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return false;
  return info.tcpi_state == TCP_CLOSE;  // TCP_CLOSE_WAIT after an end in good order
}

}  // namespace batchmill
