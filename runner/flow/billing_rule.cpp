#include "runner/flow/billing_rule.hpp"

#include <algorithm>
#include <array>

namespace batchmill {
namespace {

/// A proxy gave up waiting for the server, which may have gone on.
bool is_gateway_timeout(int status) {
  return status == 504 || status == 524;
}

}  // namespace

billed bill_of(int status, answer_kind kind, const token_usage& used) {
  const bool stated = used.prompt > 0 || used.completion > 0;
  if (status >= 200 && status < 300) {
    if (stated) return billed::yes;
    return kind == answer_kind::success ? billed::unstated : billed::lost;
  }
  return is_gateway_timeout(status) ? billed::lost : billed::no;
}

billed bill_of(std::string_view net_error) {
  constexpr auto before_sending =
      std::to_array<net_errc>({net_errc::resolve_failed, net_errc::connect_failed,
                               net_errc::tls_failed, net_errc::untrusted, net_errc::proxy_refused});
  const bool unsent = std::ranges::any_of(
      before_sending, [&](net_errc code) { return net_error == to_string(code); });
  return unsent || net_error == "file_unreadable" ? billed::no : billed::lost;
}

}  // namespace batchmill
