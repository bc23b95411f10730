// May a request that was lost on a kept connection be sent again at no cost? Pure.
//
// Requests here are not idempotent, so this takes knowing that the server did not read it (RFC
// 9112, 9.3.1). A server may close a connection that is idle at the very moment at which we use it
// (9.5), and these are the signs of that:
//
// - Its system had not confirmed our bytes when it closed the connection in good order. The closing
//   confirms all that had arrived, so they came too late to be read.
// - It reset the connection. That confirms nothing, and a confirmation may be held back for up to
//   half a second (RFC 1122, 4.2.3.2), so only after that time unconfirmed bytes have certainly not
//   arrived. A reset at once is what balancers that forgot an idle connection answer, and systems
//   whose program closed it without having read all.
//
// What remains: a server that reads a request, hands it on and resets the connection, all within a
// tenth of a second, looks the same. Then the request is sent twice and booked once.
#pragma once

#include <chrono>

#include "batchmill/clock.hpp"

namespace batchmill {

struct lost_request {
  bool whole = false;        // all of it was handed over to our system
  bool unconfirmed = false;  // some of it was not confirmed by the server's
  bool in_order = false;     // the server closed the connection: it did not reset it
  bool reset = false;        // certainly, which TLS does not let us know
  duration after{};          // from its beginning to the end of the connection
};

inline bool was_not_read(const lost_request& r) {
  constexpr auto at_once = std::chrono::milliseconds(100);  // no request is executed by then
  constexpr auto longest_delay = std::chrono::milliseconds(500);
  if (!r.whole) return true;
  if (r.after < at_once) return r.unconfirmed || r.reset;
  return r.unconfirmed && (r.in_order || r.after >= longest_delay);
}

}  // namespace batchmill
