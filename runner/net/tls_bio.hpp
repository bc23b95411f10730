// An OpenSSL BIO on a descriptor. OpenSSL's own socket BIO writes with write(), which raises
// SIGPIPE when the other side is gone; a library must not change signal handling.
#pragma once

#include <openssl/bio.h>

namespace batchmill {

/// A BIO that sends and receives on `descriptor` and does not close it.
BIO* make_socket_bio(int descriptor);

}  // namespace batchmill
