#include "runner/engine/sendable.hpp"

#include <fmt/format.h>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {

sendable::sendable(const http_request& frame, const std::vector<upload>& uploads)
    : request_(&frame) {
  if (!uploads.empty()) fill(frame, uploads);
}

void sendable::fill(const http_request& frame, const std::vector<upload>& uploads) {
  filled_.method = frame.method;
  filled_.target = frame.target;
  filled_.content_type = frame.content_type;
  filled_.headers = frame.headers;
  request_ = &filled_;
  std::size_t size = frame.body.size();
  for (const upload& u : uploads) size += u.size;
  filled_.body.reserve(size);
  std::size_t taken = 0;
  for (const upload& u : uploads) {
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
