#include "runner/simulator/wire.hpp"

#include <fmt/format.h>

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>
#include <iterator>
#include <utility>

#include "runner/simulator/api_error.hpp"
#include "runner/simulator/event_stream.hpp"

namespace batchmill::simulator_detail {

namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

std::string_view reason(int status) {
  const auto text = http::obsolete_reason(static_cast<http::status>(status));
  return {text.data(), text.size()};
}

const auto disk_full = make_error_code(boost::system::errc::no_space_on_device);

sim_answer refuse(int status, std::string message) {
  sim_answer answer;
  answer.status = status;
  answer.headers = "content-type: application/json\r\n";
  answer.body = to_json({status, std::move(message)});
  return answer;
}

// One chunk for every event.
void append_chunks(std::string& wire, std::string_view body) {
  while (!body.empty()) {
    const auto end = body.find(event_end);
    const auto size = end == std::string_view::npos ? body.size() : end + event_end.size();
    fmt::format_to(std::back_inserter(wire), "{:x}\r\n{}\r\n", size, body.substr(0, size));
    body.remove_prefix(size);
  }
}

}  // namespace

bool is_refused(error_code ec) {
  return ec == disk_full || ec.category() == make_error_code(http::error::bad_method).category();
}

sim_answer refuse(error_code ec) {
  if (ec == http::error::body_limit)
    return refuse(413,
                  "The request is larger than 64 MB, or 512 MB where files are uploaded, "
                  "which is all that is accepted here.");
  if (ec == disk_full) return refuse(507, "The simulator cannot write the upload to its disk.");
  if (ec == http::error::header_limit) return refuse(431, "The request's headers are too large.");
  return refuse(400, "The request is not valid HTTP: " + ec.message() + ".");
}

std::uint64_t part_of(std::uint64_t size, delivery how) {
  return how == delivery::truncated ? size / 2 : size;
}

std::string to_wire(const sim_answer& answer, std::string_view date, bool keep) {
  std::string wire;
  wire.reserve(answer.headers.size() + answer.body.size() + 192);
  const auto size = answer.stored ? answer.stored->size : answer.body.size();
  const auto length = answer.chunked ? std::string("transfer-encoding: chunked\r\n")
                                     : fmt::format("content-length: {}\r\n", size);
  fmt::format_to(std::back_inserter(wire), "HTTP/1.1 {} {}\r\n{}{}{}{}\r\n", answer.status,
                 reason(answer.status), date, length, keep ? "" : "connection: close\r\n",
                 answer.headers);
  const auto body =
      std::string_view(answer.body).substr(0, part_of(answer.body.size(), answer.how));
  if (!answer.chunked) return wire.append(body);
  append_chunks(wire, body);
  return answer.how == delivery::truncated ? wire : wire.append("0\r\n\r\n");
}

}  // namespace batchmill::simulator_detail
