// A part of a spec's tree, read by the table of keys: what other specs than a job's share with it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "runner/spec/node.hpp"

namespace batchmill::spec {

/// Reads the keys of a section, "" being the top level. Throws usage_error, also for unknown ones.
void read_section(const node& section, std::string_view path, job_spec& job);

/// Notes the place of each value below `value`, which is at `path`.
void collect_marks(const node& value, const std::string& path,
                   std::map<std::string, source_mark>& marks);

}  // namespace batchmill::spec
