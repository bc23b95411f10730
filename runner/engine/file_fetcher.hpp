// Files that answers name by their address: fetched while the address is good.
#pragma once

#include <string>

#include "batchmill/clock.hpp"
#include "batchmill/job.hpp"
#include "batchmill/transport.hpp"

namespace batchmill {

/// The way to any server, not only the API's: nothing of the spec's key and headers goes there.
class file_source {
 public:
  virtual ~file_source() = default;

  /// Makes one attempt, as transport::send does.
  virtual awaitable<attempt_result> get(std::string address, time_point deadline) = 0;

  /// As transport::cancel.
  virtual void cancel() = 0;
};

/// Fetches the files of `what` that are elsewhere. Where that fails, the reading becomes a failure
/// that keeps the answer, for it was paid, and says which file is missing. False: the run was
/// stopped before all were there. The rest must outlive the call.
awaitable<bool> fetch_files(reading& what, const row_job& job, file_source& from, clock& time);

}  // namespace batchmill
