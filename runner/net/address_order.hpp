// The order in which to try the addresses of a host (RFC 8305, section 4).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <vector>

namespace batchmill {

/// Alternates IPv6 and IPv4, beginning with the family that the resolver put first.
std::vector<boost::asio::ip::tcp::endpoint> interleave_families(
    const std::vector<boost::asio::ip::tcp::endpoint>& addresses);

}  // namespace batchmill
