// The header fields that a run goes by, found in one pass over a response's head.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "batchmill/http.hpp"

namespace batchmill {

enum class noted_header : std::size_t {
  date,
  request_id,
  should_retry,
  retry_after,
  retry_after_ms,
  limit_requests,
  remaining_requests,
  reset_requests,
  limit_tokens,
  remaining_tokens,
  reset_tokens,
  limit_project_tokens,
  remaining_project_tokens,
  reset_project_tokens,
};
constexpr std::size_t noted_header_count = 14;

/// Views into the response, which must outlive it.
class noted_headers {
 public:
  // Implicit: it stands for the response in the functions that read these fields.
  noted_headers(const http_response& response);

  /// As http_response::header: of the first field with the name; empty when absent.
  std::string_view operator[](noted_header name) const {
    return values_[static_cast<std::size_t>(name)];
  }

 private:
  void note(std::string_view line);

  std::array<std::string_view, noted_header_count> values_{};
};

}  // namespace batchmill
