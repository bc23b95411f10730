#include "jobs/packing/inputs.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "batchmill/api_error.hpp"
#include "batchmill/json_text.hpp"

namespace batchmill::jobs {
namespace {

/// The value of the one member `key`; a view of null where it is missing or stands there twice.
std::string_view find_value(std::string_view body, std::string_view key) {
  std::string_view found;
  bool twice = false;
  json::for_each_member(body, [&](std::string_view name, std::string_view value) {
    if (!json::key_is(name, key)) return true;
    twice = found.data() != nullptr;
    found = value;
    return !twice;
  });
  return twice ? std::string_view() : found;
}

std::size_t count_elements(std::string_view array) {
  std::size_t count = 0;
  json::for_each_element(array, [&](std::string_view) { return ++count > 0; });
  return count;
}

json::kind kind_of_first(std::string_view array) {
  json::kind first = json::kind::invalid;
  json::for_each_element(array, [&](std::string_view element) {
    first = json::kind_of(element);
    return false;
  });
  return first;
}

/// Is the value one input, so that brackets are missing around it?
bool is_single(std::string_view value) {
  const json::kind kind = json::kind_of(value);
  if (kind == json::kind::string) return true;
  return kind == json::kind::array && kind_of_first(value) == json::kind::number;
}

bool is_several(std::string_view value) {
  if (json::kind_of(value) != json::kind::array) return false;
  const json::kind first = kind_of_first(value);
  return first == json::kind::string || first == json::kind::array;
}

}  // namespace

void find_inputs(prepared_request& prepared, std::string_view key) {
  const std::string_view body = prepared.request.body;
  const std::string_view value = find_value(body, key);
  if (value.data() == nullptr) return;
  input_slice& slice = prepared.inputs;
  slice.bare = is_single(value);
  if (!slice.bare && !is_several(value)) return;
  const std::size_t brackets = slice.bare ? 0 : 1;
  slice.at = static_cast<std::size_t>(value.data() - body.data()) + brackets;
  slice.length = value.size() - 2 * brackets;
  slice.count = slice.bare ? 1 : static_cast<unsigned>(count_elements(value));
}

void put_inputs_in_array(prepared_request& prepared) {
  find_inputs(prepared, "input");
  input_slice& slice = prepared.inputs;
  if (!slice.bare) return;
  std::string& body = prepared.request.body;
  body.insert(slice.at + slice.length, 1, ']');
  body.insert(slice.at, 1, '[');
  ++slice.at;
  slice.bare = false;
}

std::string_view inputs_of(const prepared_request& prepared) {
  const input_slice& slice = prepared.inputs;
  return std::string_view(prepared.request.body).substr(slice.at, slice.length);
}

void replace_inputs(prepared_request& prepared, std::string_view elements, unsigned count) {
  input_slice& slice = prepared.inputs;
  prepared.request.body.replace(slice.at, slice.length, elements);
  slice.length = elements.size();
  slice.count = count;
}

std::vector<std::string_view> split_inputs(const prepared_request& prepared) {
  const input_slice& slice = prepared.inputs;
  std::vector<std::string_view> all;
  if (slice.count == 0) return all;
  const std::string_view with_brackets =
      std::string_view(prepared.request.body).substr(slice.at - 1, slice.length + 2);
  json::for_each_element(with_brackets, [&](std::string_view element) {
    all.push_back(element);
    return true;
  });
  return all;
}

std::vector<std::int64_t> shares_of(std::int64_t total, const std::vector<std::int64_t>& weights) {
  const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  std::vector<std::int64_t> shares;
  shares.reserve(weights.size());
  std::int64_t passed = 0;
  std::int64_t given = 0;
  for (const std::int64_t weight : weights) {
    passed += weight;
    const double part =
        static_cast<double>(passed) / static_cast<double>(std::max<std::int64_t>(sum, 1));
    const bool last = shares.size() + 1 == weights.size();
    const std::int64_t until =
        last ? total : static_cast<std::int64_t>(part * static_cast<double>(total));
    shares.push_back(until - given);
    given = until;
  }
  return shares;
}

bool concerns_all(int status, const reading& refusal) {
  constexpr std::array<int, 5> about_content = {0, 400, 413, 422, 429};
  if (std::ranges::find(about_content, status) == about_content.end()) return true;
  const api_error error = read_api_error(refusal.body);
  if (is_unknown_model(error)) return true;
  if (error.param == "model" || error.param == "user") return true;
  const auto names = [&](std::string_view name) {
    return error.param == name || error.message.find(name) != std::string::npos;
  };
  return names("dimensions") || names("encoding_format");
}

}  // namespace batchmill::jobs
