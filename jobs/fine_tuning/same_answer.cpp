#include "jobs/fine_tuning/same_answer.hpp"

#include <boost/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "batchmill/json_text.hpp"

namespace batchmill::fine_tuning {

namespace {

std::string_view stripped(std::string_view text, std::string_view of) {
  const auto first = text.find_first_not_of(of);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(of) - first + 1);
}

/// For a look at what a text means; it goes nowhere.
std::optional<boost::json::value> meaning_of(std::string_view text) {
  boost::system::error_code error;
  auto value = boost::json::parse({text.data(), text.size()}, error);
  if (error) return std::nullopt;
  return value;
}

using call = std::pair<std::string, std::string>;  // name, arguments

std::vector<call> calls_in(std::string_view list) {
  std::vector<call> calls;
  json::for_each_element(list, [&](std::string_view element) {
    const std::string_view function = json::member(element, "function").value_or("");
    const auto text = [&](std::string_view key) {
      return json::unquote(json::member(function, key).value_or("")).value_or("");
    };
    calls.emplace_back(text("name"), text("arguments"));
    return true;
  });
  return calls;
}

}  // namespace

std::string_view without_blanks(std::string_view text) {
  return stripped(text, " \t\r\n");
}

std::string label_of(std::string_view text) {
  std::string label(stripped(text, " \t\r\n\"'`*."));
  for (char& c : label) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return label;
}

bool is_json_container(std::string_view text) {
  const std::string_view inner = without_blanks(text);
  return (inner.starts_with('{') || inner.starts_with('[')) && !json::validate(inner);
}

bool same_text(std::string_view a, std::string_view b) {
  if (without_blanks(a) == without_blanks(b)) return true;
  if (!is_json_container(a) || !is_json_container(b)) return false;
  const auto one = meaning_of(without_blanks(a)), other = meaning_of(without_blanks(b));
  return one && other && *one == *other;
}

bool same_calls(std::string_view a, std::string_view b) {
  const std::vector<call> one = calls_in(a), other = calls_in(b);
  if (one.size() != other.size()) return false;
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (one[i].first != other[i].first || !same_text(one[i].second, other[i].second)) return false;
  }
  return true;
}

}  // namespace batchmill::fine_tuning
