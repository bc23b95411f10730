// How far a non-blocking operation came.
#pragma once

namespace batchmill {

enum class io_status {
  done,        // something was transferred, or the step is complete
  wait_read,   // try again when the socket is readable
  wait_write,  // try again when the socket is writable
  closed,      // the other side closed in good order
  failed,      // reset, or a fault of the protocol below
  again,       // there is more to do at once, but others should have a turn before
};

}  // namespace batchmill
