// What answers the requests of a batch: the same endpoints as online.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "batchmill/outcome.hpp"

namespace batchmill::simulator_detail {

struct line_answer {
  line_answer() = default;

  int status = 200;
  std::string request_id;
  std::string body;  // JSON
  token_usage usage;
  bool executed = false;
  bool executed_before = false;  // the same request, in any batch or online, if they are counted
};

class line_executor {
 public:
  virtual ~line_executor() = default;

  /// `fails`: the answer is to be a server error.
  virtual line_answer execute(std::string_view endpoint, std::string_view body, bool fails) = 0;

  /// The prompt's size as the limits reckon it.
  virtual std::int64_t prompt_tokens(std::string_view endpoint, std::string_view body) = 0;
};

}  // namespace batchmill::simulator_detail
