// Addresses, of the API and of images in answers: what is made of them stays in its line.
#include "batchmill/error.hpp"
#include "batchmill/url_text.hpp"
#include "runner/net/request_head.hpp"
#include "runner/net/url.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace batchmill;
using fuzz::require;

static void require_discreet(std::string_view rest) {
  const auto place = parse_url("http://user:s3cr3t" + std::string(rest));
  if (!place) require(place.error().find("s3cr3t") == std::string::npos, "passwords are not shown");
}

FUZZ_TARGET(fuzz_address) {
  require_discreet(input);
  const auto place = parse_url(input);
  if (!place) {
    require(!place.error().empty() && fuzz::is_one_line(place.error()), "a refusal is one line");
    return;
  }
  require(!place->host.empty() && place->port != 0, "an address has a host and a port");
  require(fuzz::is_one_line(place->host_header()), "a host is one line");
  require(place->host.find_first_of("/@?# ") == std::string::npos, "a host is nothing else");
  is_loopback(place->host);
  try {
    request_head head(*place, transport_options(), place->tls() ? nullptr : &*place);
    const std::string_view text = head.write(http_request("GET", "/", ""));
    require(text.find("\r\n\r\n") == text.size() - 4, "a head ends where it ends");
    require(text.find("\r\nHost: " + place->host_header() + "\r\n") != std::string_view::npos,
            "the host stands in its field");
  } catch (const usage_error& refusal) {
    require(*refusal.what() != '\0', "a refusal has a sentence");
  }
}
