// A file of a row as a data: URL, the form in which images go into a body.
#pragma once

#include <string>
#include <string_view>

#include "jobs/row_file.hpp"

namespace batchmill::jobs {

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);

/// "image/png" by the first bytes; empty for what the API does not take as an image.
std::string_view image_type(std::string_view bytes);

/// "data:image/png;base64,..." of the image `name` below `root`, of at most 20 MB.
row_file_result image_data_url(const std::string& root, const std::string& name);

}  // namespace batchmill::jobs
