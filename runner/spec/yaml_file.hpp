// The text of a YAML file: a spec, or a file that a spec names.
#pragma once

#include <string>
#include <string_view>

namespace batchmill::spec {

/// Throws usage_error when it is missing, cannot be read or is far too large; `advice` ("name the
/// job's YAML file") says what to do about the wrong kind of file.
std::string read_yaml_file(const std::string& path, std::string_view advice);

}  // namespace batchmill::spec
