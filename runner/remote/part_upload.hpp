// The Uploads API: a file too large for one request goes up in parts, several at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/remote/api_paths.hpp"
#include "runner/remote/objects.hpp"
#include "runner/remote/orders.hpp"
#include "runner/remote/remote_caller.hpp"

namespace batchmill {

class part_upload {
 public:
  /// `caller` and `paths` must outlive it.
  part_upload(remote_caller& caller, const api_paths& paths, upload_order order,
              std::uint64_t size);
  part_upload(const part_upload&) = delete;
  part_upload& operator=(const part_upload&) = delete;

  /// Once. An upload that fails is cancelled, unless it may have been completed.
  awaitable<remote_result<remote_file>> run();

 private:
  awaitable<void> send_all();
  awaitable<void> send_parts();
  awaitable<void> send_part(std::size_t which);
  awaitable<remote_result<remote_file>> complete();
  awaitable<void> cancel();

  http_request begin_request() const;
  http_request part_request(std::size_t which);
  http_request complete_request() const;
  std::string target(std::string_view step) const;

  remote_caller& caller_;
  const api_paths& paths_;
  upload_order order_;
  std::uint64_t size_;
  std::string id_;
  std::vector<std::string> part_ids_;  // in the order of their bytes
  std::size_t next_ = 0;
  std::optional<remote_failure> failure_;
};

}  // namespace batchmill
