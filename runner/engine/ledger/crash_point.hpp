// Places where tests let the process die. In the program they are nothing.
#pragma once

namespace batchmill {

#ifdef BATCHMILL_CRASH_POINTS
/// Kills this process with SIGKILL when BATCHMILL_CRASH_AT is "what.when:N" and this is the N-th
/// time. With BATCHMILL_CRASH_LIST, a path, the names that were passed are written there instead.
void crash_point(const char* what, const char* when);
#else
inline void crash_point(const char*, const char*) {}
#endif

}  // namespace batchmill
