// How endpoints differ in what a request may and must say.
#pragma once

#include <cstdint>
#include <string_view>

namespace batchmill::jobs {

struct endpoint_traits {
  bool needs_model = false;       // a body without `model` cannot be sent
  std::int64_t output_guess = 0;  // tokens of one choice when the body sets no bound
  bool answers_file = false;      // what is no JSON is the file that was asked for
  bool answers_alike = false;     // the same answer to the same request, whatever its temperature
  bool counts_inputs = false;     // the job counts the prompt itself, by its inputs
  std::string_view defaults{};    // an object: members where neither spec nor row has them
};

}  // namespace batchmill::jobs
