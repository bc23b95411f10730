// What goes over the network at a time: one row, or several that share a request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "batchmill/job.hpp"
#include "batchmill/row.hpp"

namespace batchmill {

/// A row, ready to be sent.
struct parcel {
  parcel() = default;
  parcel(row&& r, prepared_request&& p, std::uint64_t h)
      : from(std::move(r)), prepared(std::move(p)), hash(h) {}

  row from;
  prepared_request prepared;
  std::uint64_t hash = 0;  // of the row's own request, whatever it shares
};

class shipment {
 public:
  shipment() = default;
  explicit shipment(parcel&& first) { add(std::move(first)); }

  void add(parcel&& p);

  /// The later half of the rows, which leaves this shipment. What is left is asked anew.
  shipment split(unsigned attempts_so_far);

  const http_request& request();
  std::vector<const prepared_request*> prepared() const;

  const parcel& first() const { return rows_.front(); }
  const auto& rows() const { return rows_; }
  std::size_t size() const { return rows_.size(); }
  std::uint64_t inputs() const { return inputs_; }
  std::int64_t prompt_tokens() const { return prompt_tokens_; }
  std::int64_t max_output_tokens() const { return max_output_tokens_; }
  std::int64_t tokens() const { return prompt_tokens_ + max_output_tokens_; }
  std::size_t text_bytes() const { return text_bytes_; }
  std::size_t input_bytes() const { return input_bytes_; }
  unsigned attempts_before() const { return attempts_before_; }
  bool is_part() const { return attempts_before_ > 0; }

 private:
  std::vector<parcel> rows_;
  std::unique_ptr<http_request> joined_;  // of several rows
  std::uint64_t inputs_ = 0;
  std::int64_t prompt_tokens_ = 0;
  std::int64_t max_output_tokens_ = 0;
  std::size_t text_bytes_ = 0;
  std::size_t input_bytes_ = 0;
  unsigned attempts_before_ = 0;  // as part of a larger one
};

/// Can the rows share a request?
bool joinable(const prepared_request& a, const prepared_request& b);

}  // namespace batchmill
