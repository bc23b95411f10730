// Answers that are files: speech, an image, anything that is neither JSON nor text.
#pragma once

#include <string>
#include <string_view>

#include "batchmill/job.hpp"

namespace batchmill::jobs {

/// The media type of an answer in lower case, without parameters; empty when it names none.
std::string media_type(const http_response& response);

/// Can an answer of this type be nothing but a file?
bool is_file_type(std::string_view type);

/// How the name of such a file ends, by its first bytes or else by its type; "bin" when neither is
/// known.
std::string file_suffix(std::string_view bytes, std::string_view type);

/// The answer as a file: the body says where it lies and of what type it is.
reading read_file_answer(http_response response);

}  // namespace batchmill::jobs
