#include "runner/net/key_guard.hpp"

#include <openssl/crypto.h>
#include <sys/prctl.h>

#include <mutex>

namespace batchmill {
namespace {

// Of the process, as the setting is: a program may have a run on each of several threads.
std::mutex counting;
unsigned guards = 0;
int dumpable_before = 1;

}  // namespace

void wipe(std::string& text) {
  text.resize(text.capacity());  // what was cut off is still there
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

// Where the kernel refuses, the key is as safe as it would have been.
key_guard::key_guard() {
  const std::lock_guard lock(counting);
  if (guards++ > 0) return;
  dumpable_before = ::prctl(PR_GET_DUMPABLE);
  ::prctl(PR_SET_DUMPABLE, 0);
}

key_guard::~key_guard() {
  const std::lock_guard lock(counting);
  if (--guards == 0 && dumpable_before == 1) ::prctl(PR_SET_DUMPABLE, 1);
}

}  // namespace batchmill
