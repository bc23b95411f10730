// What the engine needs of the API's files and batches, as an interface. api_client.hpp says what
// each call does; tests put a server of their own in its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "batchmill/awaitable.hpp"
#include "runner/remote/failure.hpp"
#include "runner/remote/objects.hpp"
#include "runner/remote/orders.hpp"

namespace batchmill {

class remote_api {
 public:
  virtual ~remote_api() = default;

  virtual awaitable<remote_result<remote_file>> upload_file(upload_order order) = 0;
  virtual awaitable<remote_result<std::optional<remote_file>>> find_file(std::string purpose,
                                                                         std::string filename,
                                                                         std::uint64_t bytes) = 0;
  virtual awaitable<remote_result<void>> delete_file(std::string id) = 0;
  virtual awaitable<remote_result<std::uint64_t>> download(std::string id, std::string path,
                                                           std::optional<std::uint64_t> bytes) = 0;
  virtual awaitable<remote_result<remote_batch>> create_batch(batch_order order) = 0;
  virtual awaitable<remote_result<remote_batch>> batch(std::string id) = 0;
  virtual awaitable<remote_result<remote_page<remote_batch>>> list_batches(std::string after,
                                                                           unsigned limit) = 0;
  virtual awaitable<remote_result<std::vector<remote_batch>>> find_batches(std::string key,
                                                                           std::string value,
                                                                           unix_seconds since) = 0;
  virtual awaitable<remote_result<remote_batch>> cancel_batch(std::string id) = 0;
};

}  // namespace batchmill
