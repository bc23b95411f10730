#include "runner/simulator/schema_sample.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <set>
#include <vector>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/prose.hpp"
#include "runner/simulator/string_sample.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr int deep = 6;      // from here on everything is as small as the schema allows
constexpr int deepest = 40;  // a schema that cannot end gets null here
constexpr int many = 200;    // values; from here on as well
constexpr std::size_t few = 3;
constexpr int tries_for_unique = 50;
const text_chooser dice_decide;

double number_or(const json::object& schema, std::string_view name, double other) {
  const auto* value = find(schema, name);
  return value && value->is_number() ? value->to_number<double>() : other;
}

std::size_t size_or(const json::object& schema, std::string_view name, std::size_t other) {
  const auto value = number_or(schema, name, -1);
  return value < 0 ? other : static_cast<std::size_t>(std::min(value, 1e4));
}

class sampler {
 public:
  sampler(const json::value& root, dice& die, const text_chooser& choose, int& values,
          std::string& out)
      : root_(root),
        die_(die),
        choose_(choose),
        values_(values),
        json_(out, json_layout::compact) {}

  void sample(const json::value& value) {
    ++values_;
    if (++depth_ > deepest || !value.is_object())
      json_.null();
    else
      sample_object_schema(value.get_object());
    --depth_;
  }

 private:
  bool small() const { return depth_ >= deep || values_ > many; }

  void sample_object_schema(const json::object& schema) {
    if (const auto* ref = find(schema, "$ref"); ref && ref->is_string())
      return sample(resolve(view(ref->get_string())));
    if (schema.contains("const")) {
      json_.raw(json::serialize(schema.at("const")));
      return;
    }
    if (const auto* choices = array(schema, "enum")) return sample_enum(*choices);
    for (const auto keyword : {"anyOf", "oneOf"})
      if (const auto* choices = array(schema, keyword)) return sample_any(*choices);
    if (const auto* parts = array(schema, "allOf")) return sample(merge(schema, *parts));
    sample_type(schema, type_of_schema(schema));
  }

  static const json::array* array(const json::object& schema, std::string_view name) {
    const auto* value = find(schema, name);
    return value && value->is_array() && !value->get_array().empty() ? &value->get_array()
                                                                     : nullptr;
  }

  const json::value& resolve(std::string_view ref) const {
    static const json::value nothing;
    const json::value* at = &root_;
    if (!ref.starts_with("#")) return nothing;
    for (auto step : split(ref.substr(1), '/')) {
      if (step.empty()) continue;
      if (!at->is_object()) return nothing;
      at = find(at->get_object(), step);
      if (!at) return nothing;
    }
    return *at;
  }

  void sample_enum(const json::array& choices) {
    std::vector<std::string_view> texts;
    for (const auto& choice : choices)
      if (choice.is_string()) texts.push_back(view(choice.get_string()));
    if (choose_ && texts.size() == choices.size())
      json_.text(texts[choose_(texts, die_)]);
    else
      json_.raw(json::serialize(choices[die_.below(choices.size())]));
  }

  // Deep down the first alternative that does not go on: recursion has to end.
  void sample_any(const json::array& choices) {
    if (small())
      for (const auto& choice : choices)
        if (is_leaf(choice)) return sample(choice);
    sample(choices[die_.below(choices.size())]);
  }

  static bool is_leaf(const json::value& value) {
    if (!value.is_object()) return true;
    const auto& schema = value.get_object();
    if (schema.contains("const") || schema.contains("enum")) return true;
    if (schema.contains("$ref") || schema.contains("anyOf") || schema.contains("oneOf"))
      return false;
    const auto type = string_or(schema, "type", "");
    return type != "object" && type != "array";
  }

  json::value merge(const json::object& schema, const json::array& parts) const {
    json::object merged = schema;
    merged.erase("allOf");
    for (const auto& part : parts) {
      const json::value* value = &part;
      if (const auto* object = part.if_object())
        if (const auto ref = string_or(*object, "$ref", ""); !ref.empty()) value = &resolve(ref);
      if (value->is_object()) add_part(merged, value->get_object());
    }
    return merged;
  }

  static void add_part(json::object& merged, const json::object& part) {
    for (const auto& [key, value] : part) {
      auto& mine = merged[key];
      if (mine.is_object() && value.is_object()) {
        for (const auto& [name, inner] : value.get_object()) mine.get_object()[name] = inner;
      } else if (mine.is_array() && value.is_array() && key == "required") {
        for (const auto& name : value.get_array()) mine.get_array().push_back(name);
      } else {
        mine = value;
      }
    }
  }

  std::string_view type_of_schema(const json::object& schema) {
    if (const auto* types = array(schema, "type")) {
      const auto& chosen = small() ? types->back() : (*types)[die_.below(types->size())];
      return chosen.is_string() ? view(chosen.get_string()) : std::string_view("null");
    }
    if (const auto type = string_or(schema, "type", ""); !type.empty()) return type;
    if (schema.contains("properties")) return "object";
    if (schema.contains("items")) return "array";
    return schema.contains("minimum") || schema.contains("maximum") ? "number" : "string";
  }

  void sample_type(const json::object& schema, std::string_view type) {
    if (type == "object") return sample_object(schema);
    if (type == "array") return sample_array(schema);
    if (type == "integer" || type == "number") return sample_number(schema, type == "integer");
    if (type == "boolean")
      json_.boolean(die_.below(2) == 1);
    else if (type == "string")
      json_.text(sample_string(schema, die_));
    else
      json_.null();
  }

  void sample_object(const json::object& schema) {
    json_.open_object();
    std::set<std::string, std::less<>> written;
    const auto* properties = find(schema, "properties");
    if (properties && properties->is_object())
      for (const auto& [name, value] : properties->get_object())
        if (is_required(schema, name) || (!small() && die_.below(2) == 1))
          sample_member(name, value, written);
    add_missing(schema, written);
    json_.close_object();
  }

  void sample_member(std::string_view name, const json::value& schema,
                     std::set<std::string, std::less<>>& written) {
    json_.key(name);
    sample(schema);
    written.emplace(name);
  }

  // Members that must be there but are not described, and enough of any for minProperties.
  void add_missing(const json::object& schema, std::set<std::string, std::less<>>& written) {
    const json::value anything = {{"type", "string"}};
    const auto* additional = find(schema, "additionalProperties");
    const auto& rest = additional && additional->is_object() ? *additional : anything;
    if (const auto* required = array(schema, "required"))
      for (const auto& name : *required)
        if (name.is_string() && !written.contains(view(name.get_string())))
          sample_member(view(name.get_string()), rest, written);
    const auto least = size_or(schema, "minProperties", 0);
    for (std::size_t i = 0; written.size() < least; ++i)
      sample_member(std::string(some_word(die_)) + "_" + std::to_string(i), rest, written);
  }

  static bool is_required(const json::object& schema, std::string_view name) {
    const auto* required = array(schema, "required");
    return required && std::any_of(required->begin(), required->end(), [&](const auto& item) {
             return item.is_string() && view(item.get_string()) == name;
           });
  }

  void sample_array(const json::object& schema) {
    static const json::value anything = {{"type", "string"}};
    const auto* prefix = array(schema, "prefixItems");
    const auto* items = find(schema, "items");
    const auto least = std::max(size_or(schema, "minItems", 0), prefix ? prefix->size() : 0);
    const auto most = std::max(least, size_or(schema, "maxItems", std::max(least, few)));
    const auto spread = small() ? 0 : std::min(most - least, few);
    const auto count = least + die_.below(spread + 1);
    std::set<std::string> seen;
    json_.open_array();
    for (std::size_t i = 0; i < count; ++i) {
      const bool fixed = prefix && i < prefix->size();
      const auto& schema_of_item = fixed ? (*prefix)[i] : items ? *items : anything;
      if (!add_item(schema_of_item, boolean_or(schema, "uniqueItems", false), seen)) break;
    }
    json_.close_array();
  }

  // False when no further different item was found.
  bool add_item(const json::value& schema, bool unique, std::set<std::string>& seen) {
    for (int i = 0; i < (unique ? tries_for_unique : 1); ++i) {
      std::string item;
      sampler inner(root_, die_, unique ? dice_decide : choose_, values_, item);
      inner.depth_ = depth_;
      inner.sample(schema);
      if (unique && !seen.insert(item).second) continue;
      json_.raw(item);
      return true;
    }
    return false;
  }

  void sample_number(const json::object& schema, bool integer) {
    const double step = number_or(schema, "multipleOf", integer ? 1 : 0.01);
    double low = number_or(schema, "minimum", number_or(schema, "exclusiveMinimum", NAN));
    double high = number_or(schema, "maximum", number_or(schema, "exclusiveMaximum", NAN));
    if (std::isnan(low)) low = std::isnan(high) ? 0 : high - 100 * step;
    if (std::isnan(high)) high = low + 100 * step;
    double first = std::ceil(low / step - 1e-9), last = std::floor(high / step + 1e-9);
    if (first * step <= number_or(schema, "exclusiveMinimum", -INFINITY)) ++first;
    if (last * step >= number_or(schema, "exclusiveMaximum", INFINITY)) --last;
    if (last < first) return write_number((low + high) / 2, integer);  // narrower than a step
    const auto span = static_cast<std::uint64_t>(std::min(last - first, 1e15));
    write_number((first + static_cast<double>(die_.below(span + 1))) * step, integer);
  }

  void write_number(double value, bool integer) {
    constexpr double exact = 9e15;
    if (integer && std::abs(value) < exact)
      json_.integer(static_cast<std::int64_t>(std::llround(value)));
    else if (std::abs(value) < exact)
      json_.real(std::round(value * 1e6) / 1e6 == 0 ? value : std::round(value * 1e6) / 1e6);
    else
      json_.real(value);
  }

  const json::value& root_;
  dice& die_;
  const text_chooser& choose_;
  int& values_;  // written so far, of the whole sample
  json_writer json_;
  int depth_ = 0;
};

}  // namespace

std::string sample_schema(const json::value& schema, dice& die, const text_chooser& choose) {
  std::string out;
  int values = 0;
  sampler(schema, die, choose, values, out).sample(schema);
  return out;
}

}  // namespace batchmill::simulator_detail
