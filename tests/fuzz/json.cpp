// JSON as text: 16 bytes at a time or one by one, the verdict and the bytes are the same.
#include <vector>

#include "batchmill/json_text.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace batchmill;
using fuzz::require;

namespace {

template <class Scan>
std::string minified(std::string_view text, std::optional<json::fault>& fault) {
  std::string out;
  fault = json::detail::minify<Scan>(text, out);
  return out;
}

void require_members(std::string_view object) {
  std::string rebuilt;
  json::for_each_member(object, [&](std::string_view key, std::string_view value) {
    require(!json::validate(key) && !json::validate(value), "members are valid JSON");
    require(json::unquote(key).has_value(), "keys are strings");
    rebuilt.append(rebuilt.empty() ? "{" : ",").append(key).append(":").append(value);
    return true;
  });
  if (json::kind_of(object) == json::kind::object && object != "{}")
    require(rebuilt + "}" == object, "an object is its members");
}

}  // namespace

FUZZ_TARGET(fuzz_json) {
  std::optional<json::fault> fault;
  std::optional<json::fault> scalar_fault;
  const std::string fast = minified<json::detail::best_scan>(input, fault);
  const std::string plain = minified<json::detail::scalar_scan>(input, scalar_fault);
  require(fault.has_value() == scalar_fault.has_value(), "both scanners agree");
  require(fault.has_value() == json::validate(input).has_value(), "checking is as minifying");
  const std::string quoted = json::quote(input);
  require(!json::validate(quoted), "what is quoted is a string");
  require(json::quote(*json::unquote(quoted)) == quoted, "a string comes back");
  if (fault) {
    require(fault->offset == scalar_fault->offset && fault->offset <= input.size(),
            "both find the same place");
    return;
  }
  require(fast == plain && !json::validate(fast), "minified JSON is JSON");
  require_members(fast);
  json::for_each_element(fast, [](std::string_view value) {
    require(!json::validate(value), "elements are valid JSON");
    return true;
  });
}
