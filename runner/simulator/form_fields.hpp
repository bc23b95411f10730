// The fields of a form as JSON, so that the same checks serve both.
#pragma once

#include <boost/json/object.hpp>
#include <span>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/multipart.hpp"

namespace batchmill::simulator_detail {

/// All that are no files, as strings; fields whose names end with "[]" as arrays of strings.
boost::json::object fields_of(const form_data& form);

/// Numbers and truth values in place of the strings that are to be such by `rules`. What cannot be
/// read stays a string, for the checks to refuse.
boost::json::object typed_fields(const boost::json::object& fields,
                                 std::span<const parameter> rules);

}  // namespace batchmill::simulator_detail
