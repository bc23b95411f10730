// Answers as HTTP/1.1 writes them.
#pragma once

#include <boost/system/error_code.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "runner/simulator/exchange.hpp"

namespace batchmill::simulator_detail {

/// Why a request could not be read: can the client be told?
bool is_refused(boost::system::error_code ec);

/// The answer to such a request; the service never sees it.
sim_answer refuse(boost::system::error_code ec);

/// How much of a body of `size` bytes goes out.
std::uint64_t part_of(std::uint64_t size, delivery how);

/// The head and, unless it lies on disk, the body. `date` is a header line.
std::string to_wire(const sim_answer& answer, std::string_view date, bool keep);

}  // namespace batchmill::simulator_detail
