// The head that nearly every answer has, read in one pass: a length, and nothing that changes how
// the body is to be read. Pure. What it does not know is for the full parser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace batchmill {

struct plain_head {
  int status = 0;
  std::string_view fields;   // lines as http_response has them
  std::size_t size = 0;      // of the whole head, with the empty line that ends it
  std::uint64_t length = 0;  // of the body
  bool coded = false;        // there is a Content-Encoding
};

/// The head that `bytes` begin with. Nothing when it is not complete, not HTTP/1.1, wrong in any
/// way, or has more to it: a status without body, chunks, a connection that ends, folded lines.
std::optional<plain_head> read_plain_head(std::string_view bytes);

}  // namespace batchmill
