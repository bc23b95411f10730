#include "runner/simulator/event_stream.hpp"

#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

void add_event(std::string& out, std::string_view name, std::string_view data) {
  if (!name.empty()) out.append("event: ").append(name).append("\n");
  out.append("data: ").append(data).append(event_end);
}

void make_stream(reply& r) {
  r.content_type = "text/event-stream; charset=utf-8";
  r.streamed = true;
}

std::vector<std::string_view> pieces_of(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    pieces.push_back(first_characters(text, 4));
    text.remove_prefix(pieces.back().size());
  }
  return pieces;
}

}  // namespace batchmill::simulator_detail
