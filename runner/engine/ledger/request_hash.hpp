// By what a row is known: a hash of what is sent for it.
#pragma once

#include <cstdint>

#include "batchmill/job.hpp"

namespace batchmill {

/// Never 0, which means "unknown". Host, key and limits do not count: they do not change an answer.
std::uint64_t request_hash(const http_request& request);

/// Of a row that cannot be sent: of its text.
std::uint64_t row_hash(const row& r);

/// What is known of many rows in order, in one number.
class hash_digest {
 public:
  void add(std::uint64_t hash);
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

}  // namespace batchmill
