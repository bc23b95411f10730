#include "runner/engine/ledger/crash_point.hpp"

#ifdef BATCHMILL_CRASH_POINTS

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <string>

namespace batchmill {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

void crash_point(const char* what, const char* when) {
  static std::mutex guard;  // the disk thread and the engine's both come here
  static std::map<std::string, unsigned> hits;
  static const std::string wanted = variable("BATCHMILL_CRASH_AT");
  static const std::string list = variable("BATCHMILL_CRASH_LIST");
  const std::lock_guard lock(guard);
  const std::string name = std::string(what) + '.' + when;
  const unsigned hit = ++hits[name];
  if (!list.empty() && hit == 1) std::ofstream(list, std::ios::app) << name << '\n';
  if (wanted == name + ':' + std::to_string(hit)) ::raise(SIGKILL);
}

}  // namespace batchmill

#endif
