// The body of a request that takes files with it: its text and theirs in turn, read from disk piece
// by piece as it goes out. Between two pieces nothing of it is held, no memory and no descriptor.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/error.hpp"
#include "batchmill/http.hpp"

namespace batchmill {

/// Of the whole body, files included.
std::uint64_t body_size(const http_request& request);

/// Why one of the request's files cannot go out; looks only at what the system says about them.
std::optional<transport_error> unreadable_upload(const http_request& request);

class streamed_body {
 public:
  /// `request` must outlive it.
  explicit streamed_body(const http_request& request);

  std::uint64_t size() const { return size_; }

  /// The bytes from `at` on: at most as many as there is `space`, one at least. They stand in
  /// `space` or in the request. A file that changed since the last call is an error.
  boost::system::result<std::string_view, transport_error> bytes_at(std::uint64_t at,
                                                                    std::span<char> space);

 private:
  /// Which file stood there when it was first read.
  struct stamp {
    std::uint64_t device = 0;
    std::uint64_t node = 0;
    std::int64_t seconds = 0;  // of its last change
    std::int64_t nanoseconds = 0;

    bool operator==(const stamp&) const = default;
  };

  boost::system::result<std::string_view, transport_error> read(std::size_t which,
                                                                std::uint64_t from,
                                                                std::span<char> space);

  const http_request& request_;
  std::uint64_t size_;
  std::vector<std::optional<stamp>> seen_;  // one for each upload
};

}  // namespace batchmill
