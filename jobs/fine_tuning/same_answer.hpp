// When are two answers the same?
#pragma once

#include <string>
#include <string_view>

namespace batchmill::fine_tuning {

/// Without blanks around it.
std::string_view without_blanks(std::string_view text);

/// What people take for the same label: without case, quotes, blanks and a full stop around it.
std::string label_of(std::string_view text);

/// Is it a JSON object or list?
bool is_json_container(std::string_view text);

/// Two texts, blanks around them aside; objects and lists by what they mean.
bool same_text(std::string_view a, std::string_view b);

/// Two raw lists of tool calls: names and arguments in order.
bool same_calls(std::string_view a, std::string_view b);

}  // namespace batchmill::fine_tuning
