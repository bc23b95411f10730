#include "runner/simulator/exchange.hpp"

#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

std::string_view sim_request::header(std::string_view name) const {
  for (const auto& field : headers)
    if (equal_ignoring_case(field.name, name)) return field.value;
  return {};
}

}  // namespace batchmill::simulator_detail
