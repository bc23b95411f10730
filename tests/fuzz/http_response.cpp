// An HTTP response: it means the same whether it comes at once or in pieces of any size, and its
// body keeps to its bound.
#include <algorithm>
#include <optional>

#include "runner/net/plain_head.hpp"
#include "runner/net/response_parser.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace batchmill;
using fuzz::require;

namespace {

constexpr std::size_t most_bytes = 100'000;

struct parsed {
  parsed() = default;

  bool done = false;
  std::optional<transport_error> failure;
  http_response response;
};

parsed parse(std::string_view bytes, std::size_t piece, bool head_only) {
  static inflater decoder;
  response_parser parser(decoder, most_bytes, head_only);
  parsed p;
  for (; !bytes.empty() && !p.failure && !parser.done();
       bytes.remove_prefix(std::min(piece, bytes.size())))
    p.failure = parser.feed(bytes.substr(0, piece));
  if (!p.failure && !parser.done()) p.failure = parser.feed_end();
  p.done = parser.done();
  p.response = parser.take();
  return p;
}

}  // namespace

FUZZ_TARGET(fuzz_http_response) {
  const std::size_t piece = 1 + fuzz::take_choice(input, 64);
  const bool head_only = fuzz::take_choice(input, 8) == 0;
  const parsed whole = parse(input, std::max<std::size_t>(1, input.size()), head_only);
  const parsed pieces = parse(input, piece, head_only);
  require(whole.done || whole.failure, "a response ends or fails");
  require(whole.failure.has_value() == pieces.failure.has_value(), "pieces change no verdict");
  require(whole.response.body.size() <= most_bytes, "a body keeps to its bound");
  if (whole.failure) {
    require(!whole.failure->detail.empty(), "a failure has a sentence");
    return;
  }
  require(whole.response.status >= 200 && whole.response.status <= 999, "an answer has a status");
  require(whole.response.status == pieces.response.status, "pieces change no status");
  require(whole.response.head == pieces.response.head, "pieces change no head");
  require(whole.response.body == pieces.response.body, "pieces change no body");
}
