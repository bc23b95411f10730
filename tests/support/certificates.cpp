#include "tests/support/certificates.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace batchmill::testing {

namespace {

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (!extension) throw std::runtime_error("cannot make extension " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

std::string identity::pem() const {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, certificate.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string result(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  return result;
}

identity make_identity(const certificate_request& request) {
  static long serial = 1;
  identity made;
  made.key.reset(EVP_EC_gen("P-256"));
  made.certificate.reset(X509_new());
  X509* c = made.certificate.get();
  X509_set_version(c, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(c), serial++);
  X509_gmtime_adj(X509_getm_notBefore(c), request.valid_from);
  X509_gmtime_adj(X509_getm_notAfter(c), request.valid_until);
  X509_set_pubkey(c, made.key.get());
  X509_NAME* name = X509_get_subject_name(c);
  const auto* text = reinterpret_cast<const unsigned char*>(request.name.c_str());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0);
  X509* issuer = request.issuer ? request.issuer->certificate.get() : c;
  X509_set_issuer_name(c, X509_get_subject_name(issuer));
  add_extension(c, issuer, NID_basic_constraints,
                request.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!request.alternative.empty())
    add_extension(c, issuer, NID_subject_alt_name, request.alternative);
  X509_sign(c, request.issuer ? request.issuer->key.get() : made.key.get(), EVP_sha256());
  return made;
}

temporary_file::temporary_file(const std::string& content) {
  char name[] = "/tmp/batchmill-test-XXXXXX";
  const int descriptor = mkstemp(name);
  if (descriptor < 0) throw std::runtime_error("cannot make a temporary file");
  path_ = name;
  const auto written = ::write(descriptor, content.data(), content.size());
  ::close(descriptor);
  if (written != static_cast<ssize_t>(content.size())) throw std::runtime_error("cannot write");
}

temporary_file::~temporary_file() {
  ::unlink(path_.c_str());
}

}  // namespace batchmill::testing
