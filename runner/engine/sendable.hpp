// What goes over the wire for one attempt: the request, with its files read in.
#pragma once

#include <string>
#include <vector>

#include "batchmill/job.hpp"

namespace batchmill {

class sendable {
 public:
  /// `frame` must outlive it. Without uploads nothing is copied.
  sendable(const http_request& frame, const std::vector<upload>& uploads);
  sendable(const sendable&) = delete;
  sendable& operator=(const sendable&) = delete;

  /// Why the request cannot be sent; empty when it can.
  const std::string& problem() const { return problem_; }

  const http_request& request() const { return *request_; }

 private:
  void fill(const http_request& frame, const std::vector<upload>& uploads);

  const http_request* request_;
  http_request filled_;
  std::string problem_;
};

}  // namespace batchmill
