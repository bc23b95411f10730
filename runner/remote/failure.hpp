// How a call to the API's remote objects ends when it does not succeed.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <utility>

namespace batchmill {

/// What is the caller to do about it?
enum class failure_kind {
  passing,          // network or server trouble that did not pass in time; may be tried again later
  refused,          // the server will not have it: wrong as it is
  denied,           // key, permission, quota: nothing else will be let through either. Stop the run
  unknown_outcome,  // the call may have made its object: look for it, never just call again
  gone,             // there is no such object (any more)
  stopped,          // the transport was cancelled
};

/// "passing", "unknown_outcome".
const char* to_string(failure_kind kind);

struct remote_failure {
  remote_failure() = default;
  remote_failure(failure_kind k, int s, std::string c, std::string m)
      : kind(k), status(s), code(std::move(c)), message(std::move(m)) {}

  failure_kind kind = failure_kind::passing;
  int status = 0;    // HTTP; 0: no answer
  std::string code;  // the server's, e.g. "token_limit_exceeded"; else the network's, "timed_out"
  std::string message;  // for a person, without keys
};

template <class T>
using remote_result = boost::system::result<T, remote_failure>;

}  // namespace batchmill
