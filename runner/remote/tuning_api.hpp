// What is asked of the API's fine-tuning, as an interface. tuning_client.hpp says what each call
// does; tests put a server of their own in its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/awaitable.hpp"
#include "runner/remote/failure.hpp"
#include "runner/remote/tuning_objects.hpp"

namespace batchmill {

/// A job to be made.
struct tuning_order {
  tuning_order() = default;

  std::string model;
  std::string training_file;    // ids
  std::string validation_file;  // empty: none
  std::string suffix;           // empty: none
  std::optional<std::int64_t> seed;
  std::string method;                                         // JSON; empty: as the server likes
  std::string integrations;                                   // JSON; empty: none
  std::vector<std::pair<std::string, std::string>> metadata;  // 16 at most
};

class tuning_api {
 public:
  virtual ~tuning_api() = default;

  virtual awaitable<remote_result<remote_tuning_job>> create_job(tuning_order order) = 0;
  virtual awaitable<remote_result<remote_tuning_job>> job(std::string id) = 0;
  virtual awaitable<remote_result<remote_page<remote_tuning_job>>> list_jobs(std::string after,
                                                                             unsigned limit) = 0;
  virtual awaitable<remote_result<std::vector<remote_tuning_job>>> find_jobs(
      std::string key, std::string value, unix_seconds since) = 0;
  virtual awaitable<remote_result<remote_tuning_job>> cancel_job(std::string id) = 0;
  virtual awaitable<remote_result<remote_tuning_job>> pause_job(std::string id) = 0;
  virtual awaitable<remote_result<remote_tuning_job>> resume_job(std::string id) = 0;
  virtual awaitable<remote_result<remote_page<remote_tuning_event>>> list_events(
      std::string id, std::string after, unsigned limit) = 0;
  virtual awaitable<remote_result<remote_page<remote_checkpoint>>> list_checkpoints(
      std::string id, std::string after, unsigned limit) = 0;
};

}  // namespace batchmill
