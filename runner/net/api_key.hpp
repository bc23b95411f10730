// Where the API key comes from and where it may go. It never stands in a message.
#pragma once

#include <optional>
#include <string>

#include "batchmill/job_spec.hpp"
#include "runner/net/environment.hpp"
#include "runner/net/url.hpp"

namespace batchmill {

/// The key from api.key_file, api.key_fd or the variable api.key_env names. Empty when the variable
/// is missing, the spec does not name it and the server is not OpenAI's or Azure's: many compatible
/// servers want no key. Throws usage_error, placed in the spec, for everything else that is wrong.
std::string load_api_key(const job_spec& spec, const env_lookup& env);

/// A key does not go over plain http to another machine, be it the server or a proxy: throws
/// usage_error.
void check_key_transport(const url& server, const std::optional<url>& proxy, bool has_key);

}  // namespace batchmill
