// Keys and certificates made on the spot, for tests with TLS.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace batchmill::testing {

struct openssl_deleter {
  void operator()(X509* c) const { X509_free(c); }
  void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
};

struct identity {
  identity() = default;

  std::unique_ptr<X509, openssl_deleter> certificate;
  std::unique_ptr<EVP_PKEY, openssl_deleter> key;

  std::string pem() const;  // of the certificate alone
};

struct certificate_request {
  certificate_request() = default;

  std::string name = "test";                 // CN
  std::string alternative = "IP:127.0.0.1";  // subjectAltName, e.g. "DNS:localhost"
  const identity* issuer = nullptr;          // null: self-signed
  bool authority = false;                    // may sign others
  long valid_from = -3600;                   // seconds from now
  long valid_until = 3600;
};

identity make_identity(const certificate_request& request);

/// A file in the temporary folder that is gone with the object.
class temporary_file {
 public:
  explicit temporary_file(const std::string& content);
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace batchmill::testing
