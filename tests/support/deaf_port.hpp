// An address that accepts nothing and refuses nothing, for tests of connection timeouts.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>

namespace batchmill::testing {

/// A port that answers no SYN: a listener without room, its room taken.
class deaf_port {
 public:
  deaf_port() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    check(::bind(listener_, generic, size) == 0);
    check(::listen(listener_, 0) == 0);
    check(::getsockname(listener_, generic, &size) == 0);
    port_ = ntohs(address.sin_port);
    for (int& filler : fillers_) {
      filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      ::connect(filler, generic, size);
    }
  }
  deaf_port(const deaf_port&) = delete;
  deaf_port& operator=(const deaf_port&) = delete;
  ~deaf_port() {
    for (const int filler : fillers_) ::close(filler);
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }

 private:
  static void check(bool ok) {
    if (!ok) throw std::runtime_error("cannot make a deaf port");
  }

  int listener_ = -1;
  int fillers_[4] = {-1, -1, -1, -1};
  std::uint16_t port_ = 0;
};

}  // namespace batchmill::testing
