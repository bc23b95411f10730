// The way to the files that answers name by their address.
#pragma once

#include <memory>

#include "batchmill/job_spec.hpp"
#include "runner/engine/file_fetcher.hpp"

namespace batchmill {

/// Any http or https address, by the proxy and with the certificates of the spec, but never with
/// its key and headers, not even to the API's own host. Redirects are not followed.
std::unique_ptr<file_source> make_downloads(const job_spec& spec, executor ex);

}  // namespace batchmill
