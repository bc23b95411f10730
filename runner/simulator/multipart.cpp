#include "runner/simulator/multipart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "runner/simulator/dice.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::string_view line_end = "\r\n";

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// One "; name=value" of a header, the value a token or in quotes.
class parameter_reader {
 public:
  explicit parameter_reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return trim(rest_).empty(); }

  bool next() {
    rest_ = trim(rest_);
    if (!take(rest_, ";")) return false;
    const auto equals = rest_.find('=');
    if (equals == std::string_view::npos) return false;
    name = trim(rest_.substr(0, equals));
    rest_ = trim(rest_.substr(equals + 1));
    value.clear();
    return take(rest_, "\"") ? read_quoted() : read_token();
  }

  std::string_view name;
  std::string value;

 private:
  bool read_token() {
    const auto token = trim(rest_.substr(0, rest_.find(';')));
    value = token;
    rest_.remove_prefix(std::min(rest_.size(), rest_.find(';')));
    return !token.empty() && token.find('"') == std::string_view::npos;
  }

  // A backslash hides only a quote or another one: it stands in file names, too.
  bool read_quoted() {
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
      const bool hides =
          rest_[i] == '\\' && i + 1 < rest_.size() && (rest_[i + 1] == '"' || rest_[i + 1] == '\\');
      value += rest_[hides ? ++i : i];
    }
    return false;
  }

  std::string_view rest_;
};

refusal read_disposition(std::string_view value, form_part& part) {
  const auto kind = value.substr(0, value.find(';'));
  if (!equal_ignoring_case(trim(kind), "form-data")) return bad_form("a part is not form-data");
  parameter_reader parameters(value.substr(kind.size()));
  while (!parameters.at_end()) {
    if (!parameters.next()) return bad_form("a Content-Disposition header is malformed");
    if (equal_ignoring_case(parameters.name, "name")) part.name = parameters.value;
    if (!equal_ignoring_case(parameters.name, "filename")) continue;
    part.is_file = true;
    part.filename = parameters.value;
  }
  return {};
}

refusal read_header(std::string_view line, form_part& part) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return bad_form("a header is malformed");
  const auto name = line.substr(0, colon);
  const auto value = trim(line.substr(colon + 1));
  if (equal_ignoring_case(name, "content-disposition")) return read_disposition(value, part);
  if (equal_ignoring_case(name, "content-type")) part.content_type = value;
  if (equal_ignoring_case(name, "content-transfer-encoding") &&
      (equal_ignoring_case(value, "base64") || equal_ignoring_case(value, "quoted-printable")))
    return bad_form("a part is encoded");
  return {};
}

// `rest` begins after the part's delimiter line and ends before the next delimiter's dashes.
refusal read_part(std::string_view& rest, std::string_view delimiter, form_data& form) {
  const auto headers = rest.find("\r\n\r\n");
  if (headers == std::string_view::npos) return bad_form("a part's headers do not end");
  auto& part = form.parts.emplace_back();
  if (auto error = read_part_headers(rest.substr(0, headers), part)) return error;
  // The line end before an empty content is also the one before its delimiter.
  rest.remove_prefix(headers + 2 * line_end.size());
  const auto closing = fmt::format("{}{}", line_end, delimiter);
  const auto end = rest.find(closing);
  if (end == std::string_view::npos) return bad_form("a part does not end");
  part.content = rest.substr(0, end);
  rest.remove_prefix(end + closing.size());
  return {};
}

bool is_boundary(std::string_view text) {
  constexpr std::size_t longest = 70;
  constexpr std::string_view signs = "'()+_,-./:=? ";
  return !text.empty() && text.size() <= longest && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return (is_word(c) && static_cast<unsigned char>(c) < 128) ||
                  signs.find(c) != std::string_view::npos;
         });
}

}  // namespace

api_error bad_form(std::string_view problem) {
  return {400, fmt::format("Could not parse multipart form: {}.", problem)};
}

refusal read_part_headers(std::string_view headers, form_part& part) {
  while (!headers.empty()) {
    const auto end = headers.find(line_end);
    if (auto error = read_header(headers.substr(0, end), part)) return error;
    headers.remove_prefix(end == std::string_view::npos ? headers.size() : end + line_end.size());
  }
  if (part.name.empty()) return bad_form("a part has no name");
  return {};
}

std::vector<const form_part*> form_data::files(std::string_view name) const {
  std::vector<const form_part*> found;
  for (const auto& part : parts)
    if (part.is_file && part.name == name) found.push_back(&part);
  return found;
}

std::uint64_t form_data::hash(std::uint64_t seed) const {
  for (const auto& part : parts) {
    for (const std::string_view text :
         {std::string_view(part.name), std::string_view(part.filename), part.content})
      seed = hash_text(text, seed);
    if (part.stored) seed = hash_pair(seed, part.stored->size());
  }
  return seed;
}

std::string boundary_of(std::string_view content_type) {
  const auto kind = content_type.substr(0, content_type.find(';'));
  if (!equal_ignoring_case(trim(kind), "multipart/form-data")) return {};
  parameter_reader parameters(content_type.substr(kind.size()));
  while (!parameters.at_end() && parameters.next())
    if (equal_ignoring_case(parameters.name, "boundary") && is_boundary(parameters.value))
      return parameters.value;
  return {};
}

refusal parse_form(std::string_view body, std::string_view boundary, form_data& form) {
  if (boundary.empty()) return bad_form("the Content-Type header names no boundary");
  const auto delimiter = fmt::format("--{}", boundary);
  if (!take(body, delimiter)) return bad_form("it does not begin with its boundary");
  while (!take(body, "--")) {
    if (!take(body, line_end)) return bad_form("a boundary stands in a line with something else");
    if (form.parts.size() == most_parts) return bad_form("it has too many parts");
    if (auto error = read_part(body, delimiter, form)) return error;
  }
  if (!body.empty() && body != line_end) return bad_form("something follows its end");
  return {};
}

}  // namespace batchmill::simulator_detail
