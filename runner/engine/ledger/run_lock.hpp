// One process per output.
#pragma once

#include <optional>
#include <string>

namespace batchmill {

/// Holds the output from construction to destruction. The system lets go when the process dies, so
/// that no stale lock is ever in the way.
class run_lock {
 public:
  /// `path` is made when missing. Throws usage_error, naming the pid, when another process holds
  /// it; run_error when the disk refuses.
  run_lock(const std::string& path, const std::string& output);
  ~run_lock();
  run_lock(const run_lock&) = delete;
  run_lock& operator=(const run_lock&) = delete;

 private:
  int fd_ = -1;
};

/// The process that holds the lock; looks without touching it.
std::optional<int> lock_holder(const std::string& path);

}  // namespace batchmill
