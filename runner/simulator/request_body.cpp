#include "runner/simulator/request_body.hpp"

#include "batchmill/error.hpp"
#include "runner/simulator/address.hpp"

namespace batchmill::simulator_detail {

bool brings_file(std::string_view method, std::string_view target) {
  if (method != "POST") return false;
  const auto path = read_address(target).path;
  return path == "/v1/files" || (path.starts_with("/v1/uploads/") && path.ends_with("/parts"));
}

void request_body::reader::take(std::string_view bytes, boost::system::error_code& ec) {
  ec = {};
  if (bytes.size() > left_) {
    ec = boost::beast::http::error::body_limit;
    return;
  }
  left_ -= bytes.size();
  if (!body_.spool) {
    body_.text.append(bytes);
    return;
  }
  try {
    body_.spool->put(bytes);
  } catch (const run_error&) {
    ec = make_error_code(boost::system::errc::no_space_on_device);
  }
}

}  // namespace batchmill::simulator_detail
