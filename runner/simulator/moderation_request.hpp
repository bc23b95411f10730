// A request for moderation that was checked.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>
#include <vector>

#include "runner/simulator/api_error.hpp"

namespace batchmill::simulator_detail {

/// What one result is about.
struct moderation_subject {
  moderation_subject() = default;

  std::vector<std::string_view> texts;
  std::vector<std::string_view> images;  // URLs
};

struct moderation_request {
  moderation_request() = default;

  std::string_view model;
  bool only_text = false;  // the text-moderation models, which know nothing illicit either
  std::vector<moderation_subject> subjects;
};

/// Checks `body` as strictly as the API does and fills `request`, with views into the JSON.
refusal check_moderation(const boost::json::object& body, moderation_request& request);

}  // namespace batchmill::simulator_detail
