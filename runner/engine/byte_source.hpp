// Bytes of an input file: plain, or decompressed by its suffix (.gz, .zst), or standard input.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace batchmill {

class byte_source {
 public:
  virtual ~byte_source() = default;

  /// Fills the front of `space`; 0 at the end, nothing when no bytes are there yet (a pipe).
  /// Throws run_error when the file cannot be read on or its compression is damaged.
  virtual std::optional<std::size_t> read(std::span<char> space) = 0;

  /// Bytes of the file itself (compressed, if it is) that were read so far.
  virtual std::uint64_t consumed() const = 0;
};

/// "-" is standard input. Throws usage_error when it cannot be opened.
std::unique_ptr<byte_source> open_byte_source(const std::string& path);

}  // namespace batchmill
