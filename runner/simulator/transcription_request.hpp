// A request to turn sound into text that was checked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runner/simulator/api_error.hpp"
#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

struct transcription_request {
  transcription_request() = default;

  std::string model;
  bool translates = false;
  bool whisper = false;
  std::string format;
  std::string language;
  double temperature = 0;
  bool with_words = false;
  bool with_segments = true;
  std::string_view file;
};

/// Checks the form as strictly as the API does and fills `request`, `translates` apart.
refusal check_transcription(const call& c, transcription_request& request);

}  // namespace batchmill::simulator_detail
