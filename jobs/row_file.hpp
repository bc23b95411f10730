// Files that rows name: an image, a recording. What a row says may come from anywhere, so it
// reaches files below one folder only.
#pragma once

#include <cstddef>
#include <string>

#include <boost/system/result.hpp>

#include "batchmill/job_spec.hpp"
#include "batchmill/row.hpp"
#include "jobs/template.hpp"

namespace batchmill::jobs {

/// A path or contents, or why there are none.
using row_file_result = boost::system::result<std::string, row_problem>;

/// The folder that the files of a row are in: `input.files_root`, else that of its input file; for
/// standard input that of the spec.
std::string files_root(const job_spec& spec, const row& r);

/// The path of the file `name`, relative to `root`, without symbolic links. Neither `..` nor links
/// lead out of `root`.
row_file_result resolve_row_file(const std::string& root, const std::string& name);

/// The bytes of such a file, at most so many.
row_file_result read_row_file(const std::string& root, const std::string& name, std::size_t most);

}  // namespace batchmill::jobs
