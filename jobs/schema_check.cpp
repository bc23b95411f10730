#include "jobs/schema_check.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <regex>
#include <utility>

#include "batchmill/error.hpp"

// Without this the library ends the program where a schema is wrong.
#define VALIJSON_USE_EXCEPTIONS 1
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#pragma GCC diagnostic pop

namespace batchmill::jobs {

namespace {

namespace json = boost::json;

constexpr std::size_t longest_for_patterns = 1024;  // the stack bears little more when sanitized
constexpr std::size_t deepest = 200;  // levels; what is deeper fits no schema that a person wrote

/// 3.0 is an integer to a schema, and so is what exceeds 63 bits, but not to the validator.
void make_whole(json::value& number) {
  constexpr double exact = 9007199254740992;  // 2^53: below, each integer has a double of its own
  if (number.is_uint64()) number = std::numeric_limits<std::int64_t>::max();
  if (!number.is_double()) return;
  const double value = number.get_double();
  if (std::abs(value) <= exact && value == std::floor(value)) {
    number = static_cast<std::int64_t>(value);
  }
}

void make_numbers_whole(json::value& value) {
  if (auto* list = value.if_array()) {
    for (json::value& item : *list) make_numbers_whole(item);
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) make_numbers_whole(member.value());
  } else {
    make_whole(value);
  }
}

std::optional<json::value> parse(std::string_view text) {
  json::parse_options options;
  options.max_depth = deepest;
  json::error_code error;
  json::value value = json::parse({text.data(), text.size()}, error, {}, options);
  if (error) return std::nullopt;
  make_numbers_whole(value);
  return value;
}

void check_pattern(std::string_view pattern) {
  try {
    const std::regex compiled{std::string(pattern)};
  } catch (const std::regex_error& e) {
    throw std::runtime_error("the pattern '" + std::string(pattern) +
                             "' is no regular expression: " + e.what());
  }
}

/// The validator compiles patterns when it meets them, which would be amid the run. Returns whether
/// there are any; formats are patterns, too.
bool check_patterns(const json::value& schema) {
  bool any = false;
  if (const auto* list = schema.if_array()) {
    for (const json::value& item : *list) any |= check_patterns(item);
  }
  const auto* object = schema.if_object();
  if (object == nullptr) return any;
  for (const auto& [key, value] : *object) {
    any |= key == "pattern" || key == "patternProperties" || key == "format";
    if (key == "pattern" && value.is_string()) check_pattern(value.get_string());
    if (key == "patternProperties" && value.is_object()) {
      for (const auto& each : value.get_object()) check_pattern(each.key());
    }
    any |= check_patterns(value);
  }
  return any;
}

/// Is a string too long for std::regex, which recurses for each character?
bool has_long_string(const json::value& value) {
  if (const auto* text = value.if_string()) return text->size() > longest_for_patterns;
  if (const auto* list = value.if_array()) {
    return std::any_of(list->begin(), list->end(), has_long_string);
  }
  const auto* object = value.if_object();
  return object != nullptr && std::any_of(object->begin(), object->end(), [](const auto& member) {
           return member.key().size() > longest_for_patterns || has_long_string(member.value());
         });
}

/// The library's steps are "<root>", then "[name]" or "[3]".
std::string pointer_of(const std::vector<std::string>& steps) {
  std::string pointer;
  for (std::size_t i = 1; i < steps.size(); ++i) {
    pointer += '/';
    for (const char c : steps[i].substr(1, steps[i].size() - 2)) {
      if (c == '~') {
        pointer += "~0";
      } else if (c == '/') {
        pointer += "~1";
      } else {
        pointer += c;
      }
    }
  }
  return pointer;
}

/// The innermost fault says most; those around it follow from it.
valijson::ValidationResults::Error innermost(valijson::ValidationResults& results) {
  valijson::ValidationResults::Error deepest_one;
  valijson::ValidationResults::Error next;
  while (results.popError(next)) {
    if (next.context.size() > deepest_one.context.size()) deepest_one = next;
  }
  return deepest_one;
}

}  // namespace

struct schema_check::parts {
  valijson::Schema schema;
  bool has_patterns = false;
};

schema_check::schema_check(std::string_view schema, const std::string& where)
    : parts_(std::make_unique<parts>()) {
  try {
    const auto value = parse(schema);
    if (!value || !value->is_object()) throw std::runtime_error("it is no JSON object");
    valijson::SchemaParser().populateSchema(valijson::adapters::BoostJsonAdapter(*value),
                                            parts_->schema);
    parts_->has_patterns = check_patterns(*value);
  } catch (const std::exception& e) {
    throw usage_error(where + ": this is no JSON Schema that can be checked: " + e.what());
  }
}

schema_check::~schema_check() = default;

std::string schema_check::fault(std::string_view text) const {
  const auto value = parse(text);
  if (!value) return "it is no JSON";
  if (parts_->has_patterns && has_long_string(*value)) {
    return "a string in it has more than 1,024 bytes, too many to try a pattern on";
  }
  valijson::ValidationResults results;
  valijson::Validator validator;
  const valijson::adapters::BoostJsonAdapter adapter(*value);
  if (validator.validate(parts_->schema, adapter, &results)) return {};
  const auto error = innermost(results);
  const std::string pointer = pointer_of(error.context);
  return "at " + (pointer.empty() ? "its root" : pointer) + ": " + error.description;
}

}  // namespace batchmill::jobs
