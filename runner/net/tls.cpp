#include "runner/net/tls.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <new>

#include "batchmill/error.hpp"
#include "runner/net/tls_bio.hpp"
#include "runner/net/url.hpp"

namespace batchmill {

namespace {

constexpr std::array<unsigned char, 9> http_1_1 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

void require(long result, const char* what) {
  if (result != 1) throw std::runtime_error(fmt::format("OpenSSL: {} failed", what));
}

void trust(SSL_CTX* context, const std::string& ca_file) {
  if (ca_file.empty()) {
    require(SSL_CTX_set_default_verify_paths(context), "reading the system's certificates");
    return;
  }
  ERR_clear_error();
  if (SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) == 1) return;
  ERR_clear_error();
  throw usage_error(fmt::format(
      "api.ca_file: no certificates in PEM form can be read from \"{}\"; check path and content",
      ca_file));
}

std::string certificate_failure(const std::string& host, long code) {
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format("the certificate of {} has expired", host);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("the certificate of {} is not valid yet; is this machine's clock right?",
                         host);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fmt::format("the certificate that {} presents is for another name", host);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return fmt::format(
          "the certificate of {} is self-signed; if you trust it, name it in api.ca_file", host);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return fmt::format(
          "the certificate of {} is signed by an issuer that is not known here; name the issuer's "
          "certificate in api.ca_file",
          host);
    default:
      return fmt::format("the certificate of {} is not accepted: {}", host,
                         X509_verify_cert_error_string(code));
  }
}

}  // namespace

io_status tls_stream::status_of(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      return io_status::done;
    case SSL_ERROR_WANT_READ:
      return io_status::wait_read;
    case SSL_ERROR_WANT_WRITE:
      return io_status::wait_write;
    case SSL_ERROR_ZERO_RETURN:
      return io_status::closed;
    default:
      error_ = ERR_peek_error();
      broken_ = true;
      return io_status::failed;
  }
}

// SSL_get_error looks at the thread's error queue, which must hold nothing older than the call.
io_status tls_stream::handshake() {
  ERR_clear_error();
  return status_of(SSL_do_handshake(ssl_.get()));
}

io_status tls_stream::read(char* data, std::size_t size, std::size_t& got) {
  got = 0;
  ERR_clear_error();
  return status_of(SSL_read_ex(ssl_.get(), data, size, &got));
}

io_status tls_stream::write(const char* data, std::size_t size, std::size_t& sent) {
  sent = 0;
  ERR_clear_error();
  return status_of(SSL_write_ex(ssl_.get(), data, size, &sent));
}

void tls_stream::shut_down() {
  if (broken_ || SSL_in_init(ssl_.get())) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

std::string tls_stream::handshake_failure() const {
  const long verified = SSL_get_verify_result(ssl_.get());
  if (verified != X509_V_OK) return certificate_failure(host_, verified);
  if (error_ == 0 || ERR_GET_REASON(error_) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return fmt::format("{} closed the connection during the TLS handshake", host_);
  if (ERR_GET_REASON(error_) == SSL_R_WRONG_VERSION_NUMBER)
    return fmt::format("{} does not speak TLS on this port", host_);
  const char* reason = ERR_reason_error_string(error_);
  return fmt::format("the TLS handshake with {} failed: {}", host_, reason ? reason : "unknown");
}

tls_context::tls_context(std::string host, const std::string& ca_file)
    : host_(std::move(host)), context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX* context = context_.get();
  if (!context) throw std::bad_alloc();
  require(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION), "asking for TLS 1.2");
  trust(context, ca_file);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  // An idle connection gives its buffers back; with read-ahead a record costs one recv, not two.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  if (SSL_CTX_set_alpn_protos(context, http_1_1.data(), http_1_1.size()) != 0)
    throw std::bad_alloc();
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_sess_set_new_cb(context, keep_session);
}

// Copies, here and in open: OpenSSL spoils the session object of a connection that ends without a
// goodbye, and lets a TLS 1.3 session object be used once only.
int tls_context::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* self = static_cast<tls_context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  self->session_.reset(SSL_SESSION_dup(session));
  return 0;
}

void tls_context::name_peer(SSL* ssl) const {
  if (is_ip_address(host_)) {
    require(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host_.c_str()),
            "naming the address");
    return;
  }
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  require(SSL_set1_host(ssl, host_.c_str()), "naming the host");
  require(SSL_set_tlsext_host_name(ssl, host_.c_str()), "setting SNI");
}

tls_stream tls_context::open(int descriptor) {
  std::unique_ptr<SSL, tls_deleter> ssl(SSL_new(context_.get()));
  if (!ssl) throw std::bad_alloc();
  name_peer(ssl.get());
  BIO* bio = make_socket_bio(descriptor);
  SSL_set_bio(ssl.get(), bio, bio);
  SSL_set_connect_state(ssl.get());
  if (session_) {
    const std::unique_ptr<SSL_SESSION, tls_deleter> copy(SSL_SESSION_dup(session_.get()));
    if (copy) SSL_set_session(ssl.get(), copy.get());
  }
  return tls_stream(std::move(ssl), host_);
}

}  // namespace batchmill
