// The content of a remote file on its way to the disk: what to ask for, and what may be believed of
// the answer. Knows no network.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "batchmill/transport.hpp"
#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {

class file_download final : public body_sink {
 public:
  /// Goes on behind what `path` holds. `bytes`: the size of the whole, where it is known. Throws
  /// run_error, here and later, when the disk refuses.
  file_download(const std::string& path, std::optional<std::uint64_t> bytes);

  bool complete() const { return complete_; }
  std::uint64_t size() const { return size_; }

  /// Asks for what is missing.
  http_request request(const std::string& target) const;

  bool begin(const http_response& head) override;
  bool write(std::string_view bytes) override;

  /// After an attempt, also one that broke. Without a reason it may have been the last one; with
  /// one the content that came is not believed, and the next attempt begins anew.
  std::optional<std::string> digest(const attempt_result& result);

  /// Since the last call: has more come than ever before?
  bool progressed();

 private:
  std::optional<std::string> check_end();
  std::optional<std::string> check_beyond(const http_response& response);
  void restart();

  disk_file file_;
  std::optional<std::uint64_t> expected_;
  std::optional<std::uint64_t> total_;  // as this answer says
  std::uint64_t size_;
  std::uint64_t most_;
  std::string doubt_;  // why the sink would not have the answer
  bool complete_ = false;
};

/// The "bytes 5-9/10" of a Content-Range; "bytes */10" has no first.
struct content_range {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> total;  // absent: "*"
};

std::optional<content_range> read_content_range(std::string_view value);

}  // namespace batchmill
