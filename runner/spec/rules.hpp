// What the keys of a spec must be together.
#pragma once

#include "runner/spec/node.hpp"

namespace batchmill::spec {

/// The value at a path such as "limits.share"; null when absent.
const node* find_value(const node& root, std::string_view path);

/// Is each input a recording, for an endpoint that writes down what was said? Such a file is a row,
/// and holds none.
bool takes_recordings(const job_spec& spec);

/// Throws usage_error for missing keys and for those that contradict each other.
void check_together(const job_spec& spec, const node& root);

}  // namespace batchmill::spec
