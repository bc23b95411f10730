// The API's files and batches as coroutines that wait as long as it takes.
//
// What only looks or may be repeated (GET, DELETE, cancel) is repeated here, with backoff, while
// trouble may pass. What makes something (upload, create) is repeated only after answers which say
// that nothing was made; when it is not known whether something was, the call ends with
// failure_kind::unknown_outcome, and find_file or find_batches tell.
//
// A file on this side that cannot be read or written throws run_error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "batchmill/awaitable.hpp"
#include "batchmill/clock.hpp"
#include "batchmill/job_spec.hpp"
#include "batchmill/transport.hpp"
#include "runner/remote/api_paths.hpp"
#include "runner/remote/failure.hpp"
#include "runner/remote/objects.hpp"
#include "runner/remote/orders.hpp"
#include "runner/remote/remote_api.hpp"
#include "runner/remote/remote_caller.hpp"

namespace batchmill {

class api_client final : public remote_api {
 public:
  /// Called before each wait: what failed, and how long the client waits until it tries again.
  using retry_watch = remote_caller::retry_watch;

  /// `wire` and `time` must outlive the client, the client its calls. `retry.attempts` counts those
  /// without progress; `retry.row_deadline` bounds the waiting of one call.
  api_client(transport& wire, clock& time, api_paths paths, const retry_spec& retry,
             std::uint64_t seed, retry_watch watch = nullptr);
  api_client(const api_client&) = delete;
  api_client& operator=(const api_client&) = delete;

  /// Streams the file from disk: in one request up to 512 MB, above by the Uploads API in parts of
  /// 64 MB, several at a time; an upload in parts that fails is cancelled. Nothing stands behind
  /// after any failure but unknown_outcome.
  awaitable<remote_result<remote_file>> upload_file(upload_order order) override;

  awaitable<remote_result<remote_file>> file(std::string id);

  /// One page, newest first. `purpose` empty: all. `after`: last_id of the page before, or empty.
  awaitable<remote_result<remote_page<remote_file>>> list_files(std::string purpose,
                                                                std::string after, unsigned limit);

  /// The newest file of this name, size and purpose, if there is one: was that upload made?
  awaitable<remote_result<std::optional<remote_file>>> find_file(std::string purpose,
                                                                 std::string filename,
                                                                 std::uint64_t bytes) override;

  /// Succeeds also when the file is gone already.
  awaitable<remote_result<void>> delete_file(std::string id) override;

  /// Brings the content into the file `path`, behind what is there from an earlier try, and returns
  /// its size. Goes on by itself after broken connections. The size is checked against `bytes`, or
  /// against the file object where that is not given; a file that is complete costs no request when
  /// `bytes` is given. On failure `path` keeps what has come, for the next call. `path` must belong
  /// to this id alone.
  awaitable<remote_result<std::uint64_t>> download(std::string id, std::string path,
                                                   std::optional<std::uint64_t> bytes) override;

  awaitable<remote_result<remote_batch>> create_batch(batch_order order) override;

  awaitable<remote_result<remote_batch>> batch(std::string id) override;

  /// One page, newest first; `limit` is 1 to 100.
  awaitable<remote_result<remote_page<remote_batch>>> list_batches(std::string after,
                                                                   unsigned limit) override;

  /// Every batch whose metadata has `value` under `key`, newest first; those created before `since`
  /// are not looked at. Tells which batches of a run were made.
  awaitable<remote_result<std::vector<remote_batch>>> find_batches(std::string key,
                                                                   std::string value,
                                                                   unix_seconds since) override;

  /// A batch that is final already comes back as it is.
  awaitable<remote_result<remote_batch>> cancel_batch(std::string id) override;

 private:
  template <class Object>
  awaitable<remote_result<Object>> ask(http_request request, repeatable how,
                                       read_result<Object> (*read)(std::string_view));
  std::string file_target(const std::string& id, std::string_view step = {}) const;
  std::string batch_target(const std::string& id, std::string_view step = {}) const;

  remote_caller caller_;
  api_paths paths_;
};

}  // namespace batchmill
