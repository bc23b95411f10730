// JSON in our own order and with our own numbers: what log lines and summary files are made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "batchmill/clock.hpp"
#include "batchmill/money.hpp"

namespace batchmill {

/// A string with its quotes. Control characters are escaped, bytes that are not UTF-8 replaced.
std::string json_string(std::string_view text);

/// "12.5": at least one and at most six decimals, never an exponent. Not finite: "0.0".
std::string json_number(double value);
std::string json_seconds(duration d);

/// Members in the order they were added.
class json_object {
 public:
  json_object() = default;

  json_object& text(std::string_view key, std::string_view value);
  json_object& text_or_null(std::string_view key, std::string_view value);  // empty: null
  json_object& flag(std::string_view key, bool value);
  json_object& count(std::string_view key, std::uint64_t value);
  json_object& integer(std::string_view key, std::int64_t value);
  json_object& number(std::string_view key, double value);  // three decimals
  json_object& seconds(std::string_view key, duration value);
  json_object& dollars(std::string_view key, money value);  // exact
  json_object& null(std::string_view key);
  json_object& texts(std::string_view key, const std::vector<std::string>& values);
  json_object& object(std::string_view key, json_object value);
  json_object& list(std::string_view key, std::vector<json_object> values);

  /// On one line, without spaces or a line end.
  std::string line() const;

  /// Two spaces a level, without a line end.
  std::string pretty(std::size_t depth = 0) const;

 private:
  struct member {
    std::string key;  // with its quotes
    std::string value;
    std::vector<json_object> nested;
    bool is_list = false;
  };

  json_object& raw(std::string_view key, std::string value);

  std::vector<member> members_;
};

}  // namespace batchmill
