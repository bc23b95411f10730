// The Range header of a download.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace batchmill::simulator_detail {

struct byte_range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;  // behind the last one

  bool operator==(const byte_range&) const = default;
};

enum class range_verdict { whole, part, unsatisfiable };

/// What of `size` bytes does `header` ask for? What is no single range of bytes asks for all, as
/// RFC 9110 has it.
range_verdict read_range(std::string_view header, std::uint64_t size, byte_range& range);

}  // namespace batchmill::simulator_detail
