// `--set key.path=value`: changes the tree before it is checked, so that both are checked alike.
#include "runner/spec/overrides.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "batchmill/error.hpp"
#include "runner/spec/keys.hpp"
#include "runner/spec/unknown_key.hpp"
#include "runner/spec/yaml_tree.hpp"

namespace batchmill::spec {

namespace {

using steps = std::vector<std::string_view>;

std::string_view take_step(std::string_view& path) {
  const auto dot = path.find('.');
  const auto step = path.substr(0, dot);
  path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  return step;
}

template <class Field>
bool holds(const key& k) {
  job_spec unused;
  return std::holds_alternative<Field*>(k.field(unused));
}

/// The steps below a key that is no section. A header's name may contain dots.
steps steps_below(const key& k, std::string_view rest, const place& at) {
  if (rest.empty()) return {};
  if (holds<header_list>(k)) return {rest};
  if (!holds<json_fragment>(k) && !holds<std::vector<std::string>>(k))
    fail(at, fmt::format("`{0}` has no keys of its own; write --set {0}=VALUE", k.path));
  steps result;
  while (!rest.empty()) result.push_back(take_step(rest));
  return result;
}

/// The whole path, with its known part checked against the table.
steps checked_steps(std::string_view path, const place& at) {
  steps result;
  std::string section;
  for (auto rest = path; !rest.empty();) {
    const auto name = take_step(rest);
    const auto* k = find_key(join_path(section, name));
    if (k == nullptr) fail_unknown(at, section, name);
    result.push_back(name);
    section = k->path;
    if (k->is_section()) continue;
    const auto below = steps_below(*k, rest, at);
    result.insert(result.end(), below.begin(), below.end());
    break;
  }
  return result;
}

std::optional<std::size_t> as_index(std::string_view step) {
  std::size_t index = 0;
  const auto end = step.data() + step.size();
  const auto [stop, error] = std::from_chars(step.data(), end, index);
  if (error != std::errc() || stop != end) return {};
  return index;
}

node& item_of(node& list, std::string_view step, const std::string& path, const place& at) {
  const auto index = as_index(step);
  if (!index) fail(at, fmt::format("`{}` is a list; name an item by its number, from 0", path));
  if (*index > list.items.size())
    fail(at, fmt::format("`{}` has {} items; use a number from 0 to {}", path, list.items.size(),
                         list.items.size()));
  if (*index == list.items.size()) list.items.emplace_back().at = at;
  return list.items[*index];
}

node& member_of(node& mapping, std::string_view name, const place& at) {
  if (auto* found = mapping.find(name)) return *found;
  auto& key = mapping.keys.emplace_back();
  key.kind = node_kind::scalar;
  key.at = at;
  key.text = name;
  key.quoted = true;
  auto& value = mapping.items.emplace_back();
  value.at = at;
  return value;
}

/// The child that `step` names; missing collections are made.
node& child_of(node& parent, std::string_view step, const std::string& path, const place& at) {
  if (parent.kind == node_kind::null)
    parent.kind = as_index(step) ? node_kind::list : node_kind::mapping;
  if (parent.kind == node_kind::list) return item_of(parent, step, path, at);
  if (parent.kind == node_kind::mapping) return member_of(parent, step, at);
  fail(at, fmt::format("`{0}` is neither a mapping nor a list; set it as a whole: --set {0}=VALUE",
                       path));
}

node parse_value(std::string value, const std::string& source, const place& at) {
  node result;
  result.at = at;
  if (value == "-") {  // standard input to us, the beginning of a list to YAML
    result.kind = node_kind::scalar;
    result.text = std::move(value);
    return result;
  }
  auto parsed = parse_yaml(yaml_text(std::move(value), source, false));
  if (!parsed) return result;
  parsed->at = at;
  return *std::move(parsed);
}

/// The override of one place of the key replaces another place that the file names.
void drop_other_key_sources(node& root, std::string_view path) {
  constexpr auto sources =
      std::to_array<std::string_view>({"api.key_env", "api.key_file", "api.key_fd"});
  auto* api = root.find("api");
  if (api == nullptr || std::ranges::find(sources, path) == sources.end()) return;
  for (std::size_t i = api->keys.size(); i-- > 0;) {
    const auto other = join_path("api", api->keys[i].text);
    const bool from_file = api->items[i].at.mark.line != 0;
    if (!from_file || other == path || std::ranges::find(sources, other) == sources.end()) continue;
    api->keys.erase(api->keys.begin() + static_cast<std::ptrdiff_t>(i));
    api->items.erase(api->items.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

/// "a[0].b" is another way to write "a.0.b".
std::string with_dots(std::string path) {
  for (std::size_t open = path.find('['); open != path.npos; open = path.find('[', open + 1)) {
    const std::size_t close = path.find_first_not_of("0123456789", open + 1);
    if (close == path.npos || close == open + 1 || path[close] != ']') continue;
    path[open] = '.';
    path.erase(close, 1);
  }
  return path;
}

}  // namespace

void apply_override(node& root, const std::string& setting) {
  const auto equals = setting.find('=');
  const auto path = with_dots(setting.substr(0, equals));
  if (path.empty() || path.starts_with('.') || path.ends_with('.') ||
      path.find("..") != std::string::npos)
    throw usage_error(
        "--set: this names no key; write key.path=value, for example --set limits.concurrency=50");
  const auto source = "--set " + path;
  const place at{std::make_shared<const std::string>(source), {}};
  const auto steps = checked_steps(path, at);
  if (equals == std::string::npos)
    fail(at, fmt::format("the value is missing; write --set {}=VALUE", path));
  node* target = &root;
  std::string reached;
  for (const auto step : steps) {
    target = &child_of(*target, step, reached, at);
    reached = join_path(reached, step);
  }
  *target = parse_value(setting.substr(equals + 1), source, at);
  drop_other_key_sources(root, path);
}

}  // namespace batchmill::spec
