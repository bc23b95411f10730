// Uploads: a request body becomes a multipart form, its files come from where the row says.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/job.hpp"
#include "jobs/template.hpp"

namespace batchmill::jobs {

/// What an endpoint takes as files.
struct form_rules {
  std::span<const std::string_view> files;  // members whose strings are paths
  std::size_t most_bytes = 0;               // of one file
};

/// Does `body`, a minified object, name a file?
bool names_file(std::string_view body, const form_rules& rules);

/// Makes the body of `prepared`, a minified object, a form (RFC 7578). The files themselves are
/// only looked at and left as uploads. Equal fields and files make equal bodies: the boundary
/// follows from them. `root`: the folder that the files are in.
std::optional<row_problem> make_form(prepared_request& prepared, const form_rules& rules,
                                     const std::string& root);

}  // namespace batchmill::jobs
