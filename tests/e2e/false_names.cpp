// Stands before the system's resolver (LD_PRELOAD): the host names under .example have the
// addresses that the file FALSE_NAMES holds, one a line. "fail" there fails, "hang" hangs for as
// long as it stands there.
#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

namespace {

using asks = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

std::string first_line(const char* file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

bool is_false(const char* host) {
  const std::string name = host != nullptr ? host : "";
  return name.ends_with(".example") && std::getenv("FALSE_NAMES") != nullptr;
}

}  // namespace

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints,
                           addrinfo** list) {
  const auto real = reinterpret_cast<asks>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (!is_false(host)) return real(host, service, hints, list);
  const char* file = std::getenv("FALSE_NAMES");
  while (first_line(file) == "hang") ::usleep(50'000);
  if (first_line(file) == "fail") return EAI_AGAIN;
  std::ifstream in(file);
  *list = nullptr;
  for (std::string address; std::getline(in, address);) {
    while (*list != nullptr) list = &(*list)->ai_next;
    const int code = real(address.c_str(), service, hints, list);
    if (code != 0) return code;
  }
  return 0;
}
