// The API's fine-tuning as coroutines that wait as long as it takes: as in api_client.hpp, what
// only looks is repeated while trouble may pass, and a creation whose answer is lost ends with
// failure_kind::unknown_outcome.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runner/remote/api_paths.hpp"
#include "runner/remote/remote_caller.hpp"
#include "runner/remote/tuning_api.hpp"

namespace batchmill {

class tuning_client final : public tuning_api {
 public:
  /// As for api_client.
  tuning_client(transport& wire, clock& time, api_paths paths, const retry_spec& retry,
                std::uint64_t seed, remote_caller::retry_watch watch = nullptr);
  tuning_client(const tuning_client&) = delete;
  tuning_client& operator=(const tuning_client&) = delete;

  awaitable<remote_result<remote_tuning_job>> create_job(tuning_order order) override;

  awaitable<remote_result<remote_tuning_job>> job(std::string id) override;

  /// One page, newest first; `limit` is 1 to 100. `after`: last_id of the page before, or empty.
  awaitable<remote_result<remote_page<remote_tuning_job>>> list_jobs(std::string after,
                                                                     unsigned limit) override;

  /// Every job whose metadata has `value` under `key`, newest first; those created before `since`
  /// are not looked at.
  awaitable<remote_result<std::vector<remote_tuning_job>>> find_jobs(std::string key,
                                                                     std::string value,
                                                                     unix_seconds since) override;

  /// A job that is there already comes back as it is; so does one that is at its end.
  awaitable<remote_result<remote_tuning_job>> cancel_job(std::string id) override;
  awaitable<remote_result<remote_tuning_job>> pause_job(std::string id) override;
  awaitable<remote_result<remote_tuning_job>> resume_job(std::string id) override;

  /// One page, newest first.
  awaitable<remote_result<remote_page<remote_tuning_event>>> list_events(std::string id,
                                                                         std::string after,
                                                                         unsigned limit) override;
  awaitable<remote_result<remote_page<remote_checkpoint>>> list_checkpoints(
      std::string id, std::string after, unsigned limit) override;

 private:
  template <class Object>
  awaitable<remote_result<Object>> ask(http_request request, repeatable how,
                                       read_result<Object> (*read)(std::string_view));
  awaitable<remote_result<remote_tuning_job>> change(std::string id, std::string step,
                                                     bool (*is_there)(tuning_status));
  std::string target(const std::string& id, std::string_view step = {},
                     std::string_view query = {}) const;

  remote_caller caller_;
  api_paths paths_;
};

}  // namespace batchmill
