// TLS by OpenSSL on a non-blocking descriptor. Knows no Asio: the owner waits for the socket.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "runner/net/io_status.hpp"

namespace batchmill {

struct tls_deleter {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};

/// One connection's TLS. The descriptor stays the owner's.
class tls_stream {
 public:
  tls_stream(std::unique_ptr<SSL, tls_deleter> ssl, std::string host)
      : ssl_(std::move(ssl)), host_(std::move(host)) {}

  io_status handshake();
  io_status read(char* data, std::size_t size, std::size_t& got);

  /// After wait_*, call again with the same bytes (they may lie elsewhere by then).
  io_status write(const char* data, std::size_t size, std::size_t& sent);

  /// Says goodbye, if the connection is still in order. Does not wait.
  void shut_down();

  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

  /// Is there nothing wrong with the server's certificate, as far as it was seen?
  bool is_trusted() const { return SSL_get_verify_result(ssl_.get()) == X509_V_OK; }

  /// Why the handshake failed: one sentence.
  std::string handshake_failure() const;

 private:
  io_status status_of(int result);

  std::unique_ptr<SSL, tls_deleter> ssl_;
  std::string host_;
  unsigned long error_ = 0;  // OpenSSL's, of the failure
  bool broken_ = false;
};

/// What all connections to one server share: trust, settings, the session to resume.
class tls_context {
 public:
  /// `ca_file`: PEM, empty for the system's certificates. Throws usage_error when it can't be read.
  tls_context(std::string host, const std::string& ca_file);
  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

  /// The client's side of TLS on a connected, non-blocking socket.
  tls_stream open(int descriptor);

 private:
  static int keep_session(SSL* ssl, SSL_SESSION* session);
  void name_peer(SSL* ssl) const;

  std::string host_;
  std::unique_ptr<SSL_CTX, tls_deleter> context_;
  std::unique_ptr<SSL_SESSION, tls_deleter> session_;  // the youngest ticket
};

}  // namespace batchmill
