// Lets rows whose requests can be joined wait for one another until a request is full.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>

#include "batchmill/job.hpp"
#include "runner/engine/shipment.hpp"

namespace batchmill {

class packer {
 public:
  explicit packer(const pack_limits& limits) : limits_(limits), tokens_(limits.tokens) {}

  void add(parcel&& p);

  /// Packs that are begun from now on hold no more than this, nor more than they were to hold.
  void bound_tokens(std::int64_t most) { tokens_ = std::min(limits_.tokens, most); }

  /// A shipment that need not or must not wait any longer.
  std::optional<shipment> take_ready();

  /// Nothing more will come for now: all are ready.
  void close_all();

 private:
  shipment& pack_for(const parcel& p);
  bool has_room(const shipment& pack, const prepared_request& next) const;
  void close(std::deque<shipment>::iterator pack);

  pack_limits limits_;
  std::int64_t tokens_;
  std::deque<shipment> open_;  // by their first rows; each of another kind
  std::deque<shipment> ready_;
};

}  // namespace batchmill
