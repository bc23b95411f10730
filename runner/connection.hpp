// The way to the server that a job spec describes: address, key, headers, proxy.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "batchmill/job_spec.hpp"
#include "batchmill/transport.hpp"

namespace batchmill {

/// The key comes from the environment, a file or a descriptor, as the spec says. Throws usage_error
/// with the place in the spec when something about it cannot work.
std::unique_ptr<transport> connect_as(const job_spec& spec, executor ex);

/// Everything for which connect_as would refuse the spec, a sentence each. Nothing is sent.
std::vector<std::string> connection_faults(const job_spec& spec);

/// To the simulator at `api.base_url`, without the key and the proxy that the spec names.
std::unique_ptr<transport> connect_to_simulator(const job_spec& spec, executor ex);

}  // namespace batchmill
