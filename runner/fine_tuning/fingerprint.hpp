// By what a submission is known again: its spec and the content of its files.
#pragma once

#include <string>

#include "runner/spec/tuning_spec.hpp"

namespace batchmill {

/// Of all that the server is told, in a few digits. The way to the server does not count.
std::string fingerprint_of_terms(const tuning_spec& spec);

/// Of a file's content; empty for no file. Throws run_error when it cannot be read.
std::string fingerprint_of_file(const std::string& path);

}  // namespace batchmill
