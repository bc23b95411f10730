// What one attempt of a call to the API says when it did not succeed. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "batchmill/clock.hpp"
#include "batchmill/transport.hpp"
#include "runner/remote/failure.hpp"

namespace batchmill {

/// May a call be made again when nobody knows what became of it?
enum class repeatable {
  freely,       // it looks, deletes or cancels: twice is as good as once
  unless_made,  // it makes something: only after answers which say that nothing was made
};

struct verdict {
  verdict() = default;

  remote_failure failure;  // how the call ends when it is not made again
  bool is_unsent = false;  // nothing was: the server could not be reached
  bool may_pass = false;   // when it is made again
  std::optional<duration> server_wait;
  std::optional<bool> should_retry;  // the server's own opinion
};

/// Of a result that is an error, or a response outside of 2xx. `now` is for dates in headers.
verdict judge(const attempt_result& result, repeatable how, wall_time now);

/// A 2xx answer that is not what was asked for.
remote_failure misread(repeatable how, int status, std::string why);

/// What looks like an API key is left out: servers quote keys that they refuse.
std::string without_keys(std::string_view text);

}  // namespace batchmill
