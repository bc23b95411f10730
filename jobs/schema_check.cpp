#include "jobs/schema_check.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "batchmill/error.hpp"
#include "jobs/pattern.hpp"
#include "jobs/schema_rewrite.hpp"

// Without this the library ends the program where a schema is wrong.
#define VALIJSON_USE_EXCEPTIONS 1
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/constraint_builder.hpp>
#include <valijson/constraints/concrete_constraints.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#pragma GCC diagnostic pop

namespace batchmill::jobs {

namespace {

namespace json = boost::json;

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

std::string too_costly(const std::string& pattern) {
  return "the pattern '" + pattern + "' is too costly to try: it takes too many steps";
}

/// The text a string has to fit; what it is else is no matter of it.
class text_rule {
 public:
  virtual ~text_rule() = default;

  /// What is wrong; empty when nothing is.
  virtual std::string fault(const std::string& text) const = 0;
};

class pattern_rule final : public text_rule {
 public:
  explicit pattern_rule(std::string text) : text_(std::move(text)), pattern_(text_) {}

  std::string fault(const std::string& text) const override {
    switch (pattern_.found_in(text)) {
      case pattern::fit::yes:
        return {};
      case pattern::fit::too_costly:
        return too_costly(text_);
      case pattern::fit::no:
        break;
    }
    return "Failed to match regex specified by 'pattern' constraint.";
  }

 private:
  std::string text_;
  pattern pattern_;
};

/// Of the formats those of time are looked at.
class format_rule final : public text_rule {
 public:
  explicit format_rule(const std::string& name) : name_(name), pattern_(pattern_of(name)) {}

  std::string fault(const std::string& text) const override {
    const bool fits = pattern_.found_in(text) == pattern::fit::yes;
    return fits ? std::string() : "String should be a valid " + name_;
  }

 private:
  static std::string pattern_of(const std::string& name) {
    // The last day of a month is looked at, leap years are not.
    const std::string date =
        "[0-9]+-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|"
        "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))";
    const std::string time =
        "(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\\.[0-9]+)?"
        "(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";
    if (name == "date") return "^" + date + "$";
    if (name == "time") return "^" + time + "$";
    return name == "date-time" ? "^" + date + "[Tt]" + time + "$" : "";
  }

  std::string name_;
  pattern pattern_;
};

/// A rule as the validator takes it.
class text_constraint final : public valijson::constraints::PolyConstraint {
 public:
  explicit text_constraint(std::shared_ptr<const text_rule> rule) : rule_(std::move(rule)) {}

  bool validate(const valijson::adapters::Adapter& target, const std::vector<std::string>& context,
                valijson::ValidationResults* results) const override {
    if (!target.isString()) return true;
    const std::string fault = rule_->fault(target.asString());
    if (!fault.empty() && results != nullptr) results->pushError(context, fault);
    return fault.empty();
  }

 private:
  Constraint* cloneInto(void* place) const override { return new (place) text_constraint(*this); }
  std::size_t sizeOf() const override { return sizeof(text_constraint); }

  std::shared_ptr<const text_rule> rule_;
};

template <class Rule>
class text_builder final : public valijson::ConstraintBuilder {
 public:
  valijson::constraints::Constraint* make(const valijson::adapters::Adapter& text) const override {
    return new text_constraint(std::make_shared<Rule>(text.asString()));
  }
};

void populate(const json::value& from, valijson::Schema& schema) {
  valijson::SchemaParser parser;
  parser.addConstraintBuilder(pattern_keyword, new text_builder<pattern_rule>);  // which it deletes
  parser.addConstraintBuilder(format_keyword, new text_builder<format_rule>);
  parser.populateSchema(valijson::adapters::BoostJsonAdapter(from), schema);
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

std::string fault_by(const valijson::Schema& schema, const json::value& value) {
  valijson::ValidationResults results;
  valijson::Validator validator;
  const valijson::adapters::BoostJsonAdapter adapter(value);
  if (validator.validate(schema, adapter, &results)) return {};
  const auto error = innermost(results);
  const std::string pointer = pointer_of(error.context);
  return "at " + (pointer.empty() ? "its root" : pointer) + ": " + error.description;
}

}  // namespace

struct schema_check::parts {
  json::value source;
  name_patterns names;
  valijson::Schema schema;
};

schema_check::schema_check(std::string_view schema, const std::string& where)
    : parts_(std::make_unique<parts>()) {
  try {
    auto value = parse(schema);
    if (!value || !value->is_object()) throw std::runtime_error("it is no JSON object");
    rename_text_keywords(*value);
    parts_->names = patterns_of_names(*value);
    parts_->source = std::move(*value);
    populate(parts_->source, parts_->schema);
  } catch (const std::exception& e) {
    throw usage_error(where + ": this is no JSON Schema that can be checked: " + e.what());
  }
}

schema_check::~schema_check() = default;

std::string schema_check::fault(std::string_view text) const {
  const auto value = parse(text);
  if (!value) return "it is no JSON";
  if (parts_->names.empty()) return fault_by(parts_->schema, *value);
  // Which properties there are depends on the names in the answer.
  json::value own = parts_->source;
  if (const std::string* costly = resolve_names(own, *value, parts_->names)) {
    return too_costly(*costly);
  }
  valijson::Schema schema;
  populate(own, schema);
  return fault_by(schema, *value);
}

}  // namespace batchmill::jobs
