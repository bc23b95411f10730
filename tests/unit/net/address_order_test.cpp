#include "runner/net/address_order.hpp"

#include <boost/asio/ip/address.hpp>
#include <string>

#include "tests/support/catch.hpp"

using batchmill::interleave_families;
using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

namespace {

std::string ordered(const std::vector<std::string>& addresses) {
  endpoints in;
  for (const auto& a : addresses) in.emplace_back(boost::asio::ip::make_address(a), 443);
  std::string out;
  for (const auto& e : interleave_families(in)) out += e.address().to_string() + " ";
  return out;
}

}  // namespace

TEST_CASE("families alternate, the resolver's first choice first") {
  CHECK(ordered({"::1", "::2", "10.0.0.1", "10.0.0.2"}) == "::1 10.0.0.1 ::2 10.0.0.2 ");
  CHECK(ordered({"10.0.0.1", "10.0.0.2", "10.0.0.3", "::1"}) == "10.0.0.1 ::1 10.0.0.2 10.0.0.3 ");
}

TEST_CASE("one family or none keeps its order") {
  CHECK(ordered({"10.0.0.2", "10.0.0.1"}) == "10.0.0.2 10.0.0.1 ");
  CHECK(ordered({}).empty());
}
