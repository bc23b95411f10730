#include "runner/net/address_order.hpp"

#include <algorithm>
#include <cstddef>

namespace batchmill {

using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

endpoints interleave_families(const endpoints& addresses) {
  endpoints favoured;
  endpoints other;
  for (const auto& address : addresses)
    (address.protocol() == addresses.front().protocol() ? favoured : other).push_back(address);
  endpoints result;
  for (std::size_t i = 0; i < std::max(favoured.size(), other.size()); ++i) {
    if (i < favoured.size()) result.push_back(favoured[i]);
    if (i < other.size()) result.push_back(other[i]);
  }
  return result;
}

}  // namespace batchmill
