// Where a value of the spec was written, and the one way to complain about it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "batchmill/job_spec.hpp"

namespace batchmill::spec {

struct place {
  std::shared_ptr<const std::string> source;  // "job.yaml", or "--set limits.share"
  source_mark mark;                           // zero for an override
};

/// "job.yaml:5:9" or "--set limits.share".
std::string to_string(const place& at);

/// Throws usage_error with the place in front of `sentence`.
[[noreturn]] void fail(const place& at, std::string_view sentence);

}  // namespace batchmill::spec
