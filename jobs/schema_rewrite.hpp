// Takes the regular expressions out of a schema's hands: its validator has no bound on their time.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "jobs/pattern.hpp"

namespace batchmill::jobs {

/// What the keywords `pattern` and `format` are called after `rename_text_keywords`.
constexpr const char* pattern_keyword = "batchmill:pattern";
constexpr const char* format_keyword = "batchmill:format";

/// Renames them where they are keywords; properties of that name and values stay.
void rename_text_keywords(boost::json::value& schema);

/// Patterns by their text.
using name_patterns = std::vector<std::pair<std::string, pattern>>;

/// Those of the schema's `patternProperties`. Throws std::runtime_error when one is none.
name_patterns patterns_of_names(const boost::json::value& schema);

/// Puts into `properties`, for each member name that occurs in `document`, what it has to be by the
/// `patternProperties` it fits, and removes these. Returns a pattern that was too costly to try;
/// null when none was.
const std::string* resolve_names(boost::json::value& schema, const boost::json::value& document,
                                 const name_patterns& patterns);

}  // namespace batchmill::jobs
