#include "runner/engine/sendable.hpp"

#include <fmt/format.h>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {

sendable::sendable(const prepared_request& prepared) : request_(&prepared.request) {
  if (!prepared.uploads.empty()) fill(prepared);
}

void sendable::fill(const prepared_request& prepared) {
  const http_request& frame = prepared.request;
  filled_.method = frame.method;
  filled_.target = frame.target;
  filled_.content_type = frame.content_type;
  filled_.headers = frame.headers;
  request_ = &filled_;
  std::size_t size = frame.body.size();
  for (const upload& u : prepared.uploads) size += u.size;
  filled_.body.reserve(size);
  std::size_t taken = 0;
  for (const upload& u : prepared.uploads) {
    filled_.body.append(frame.body, taken, u.at - taken);
    taken = u.at;
    const std::size_t begin = filled_.body.size();
    filled_.body.resize(begin + u.size);
    try {
      const disk_file file(u.path, disk_file::mode::read, "upload");
      if (file.size() == u.size &&
          file.read_at(0, std::span(filled_.body).subspan(begin)) == u.size)
        continue;
      problem_ = fmt::format("the file {} changed while the job ran", u.path);
    } catch (const run_error& why) {
      problem_ = why.what();
    }
    return;
  }
  filled_.body.append(frame.body, taken);
}

}  // namespace batchmill
