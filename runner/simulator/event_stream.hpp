// Server-sent events, as streamed answers are made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

inline constexpr std::string_view event_end = "\n\n";

/// Appends one event. Without a name only its data.
void add_event(std::string& out, std::string_view name, std::string_view data);

/// An answer that goes out event by event.
void make_stream(reply& r);

/// `text` in pieces of four characters: the tokens of the simulator.
std::vector<std::string_view> pieces_of(std::string_view text);

}  // namespace batchmill::simulator_detail
