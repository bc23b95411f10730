// A value of the tree, checked and put into its field: one `read` for each type of field.
#include "runner/spec/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <type_traits>
#include <utility>

#include "batchmill/duration.hpp"
#include "batchmill/nearest_name.hpp"
#include "runner/spec/expectation.hpp"
#include "runner/spec/headers.hpp"
#include "runner/spec/json_text.hpp"
#include "runner/spec/scalars.hpp"
#include "runner/spec/texts.hpp"

namespace batchmill::spec {

namespace {

constexpr std::pair<std::string_view, double> byte_units[] = {
    {"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}};

bool is_allowed(double number, const range& allowed) {
  const bool above = allowed.least_excluded ? number > allowed.least : number >= allowed.least;
  return above && number <= allowed.most;
}

bool is_auto(const node& value, const key& k) {
  return k.may_be_auto && value.kind == node_kind::scalar && value.text == "auto";
}

double read_number(const node& value, const key& k) {
  if (value.kind != node_kind::scalar) fail_value(value, k);
  const auto number = parse_decimal(value.text);
  if (number && value.quoted)
    fail(value.at, fmt::format("`{}` must be {}, not {}; remove the quotes", k.path, expectation(k),
                               describe(value)));
  if (!number || !is_allowed(*number, k.allowed)) fail_value(value, k);
  return *number;
}

template <class Integer>
Integer read_integer(const node& value, const key& k) {
  const auto number = read_number(value, k);
  if (number != std::floor(number)) fail_value(value, k);
  return static_cast<Integer>(number);
}

double read_share(const node& value, const key& k) {
  if (value.kind != node_kind::scalar || !value.text.ends_with('%')) return read_number(value, k);
  std::string_view percent(value.text);
  percent.remove_suffix(1);
  if (percent.ends_with(' ')) percent.remove_suffix(1);
  const auto number = parse_decimal(percent);
  if (!number || !is_allowed(*number / 100, k.allowed)) fail_value(value, k);
  return *number / 100;
}

template <class Enumeration>
Enumeration read_name(const node& value, const key& k) {
  if (value.kind != node_kind::scalar) fail_value(value, k);
  const auto names = names_of(Enumeration{});
  const auto found = std::ranges::find(names, value.text);
  if (found != names.end()) return static_cast<Enumeration>(found - names.begin());
  const auto near = nearest_name(value.text, names);
  fail(value.at, fmt::format("`{}` must be {}, not {}{}", k.path, expectation(k), describe(value),
                             near.empty() ? "; choose one of them"
                                          : fmt::format("; did you mean {}?", near)));
}

void read(const node& value, const key& k, std::string& out) {
  out = read_text(value, k);
}

void read(const node& value, const key& k, std::vector<std::string>& out) {
  out.clear();
  if (value.kind != node_kind::list) {
    out.push_back(read_text(value, k));
    return;
  }
  if (value.items.empty())
    fail(value.at, fmt::format("`{}` is an empty list; name at least one {}", k.path,
                               k.path == "input.path" ? "file" : "text"));
  for (const auto& item : value.items) out.push_back(read_text(item, k));
}

void read(const node& value, const key& k, std::optional<row_format>& out) {
  out = read_name<row_format>(value, k);
}

template <class Enumeration>
requires std::is_enum_v<Enumeration>
void read(const node& value, const key& k, Enumeration& out) {
  out = read_name<Enumeration>(value, k);
}

void read(const node& value, const key& k, finish_rule& out) {
  out = read_name<finish_rule>(value, k);
}

void read(const node& value, const key& k, number_type& out) {
  out = read_name<number_type>(value, k);
}

void read(const node& value, const key& k, long_text& out) {
  out = read_name<long_text>(value, k);
}

void read(const node& value, const key& k, bool& out) {
  if (value.kind != node_kind::scalar || kind_of(value) != scalar_kind::boolean) {
    fail_value(value, k);
  }
  out = value.text.front() == 't' || value.text.front() == 'T';
}

void read(const node& value, const key& k, std::optional<bool>& out) {
  if (is_auto(value, k)) return out.reset();
  read(value, k, out.emplace());
}

void read(const node& value, const key& k, std::optional<int>& out) {
  out = read_integer<int>(value, k);
}

void read(const node& value, const key& k, unsigned& out) {
  out = read_integer<unsigned>(value, k);
}

void read(const node& value, const key& k, std::uint64_t& out) {
  out = read_integer<std::uint64_t>(value, k);
}

void read(const node& value, const key& k, std::optional<unsigned>& out) {
  if (is_auto(value, k)) return out.reset();
  out = read_integer<unsigned>(value, k);
}

void read(const node& value, const key& k, std::optional<double>& out) {
  if (is_auto(value, k)) return out.reset();
  out = read_number(value, k);
}

void read(const node& value, const key& k, double& out) {
  out = is_auto(value, k) ? 1.0 : read_share(value, k);
}

void read(const node& value, const key& k, duration& out) {
  if (value.kind != node_kind::scalar) fail_value(value, k);
  const auto seconds = parse_decimal(value.text);
  if (seconds && value.quoted)
    fail(value.at, fmt::format("`{}` must be {}, not {}; remove the quotes or add a unit", k.path,
                               expectation(k), describe(value)));
  const auto time = parse_duration(value.text);
  if (!time) fail_value(value, k);
  if (!is_allowed(std::chrono::duration<double>(*time).count(), k.allowed))
    fail(value.at,
         fmt::format("`{}` must be {}, not {}; write for example `{}: {}`", k.path,
                     k.allowed.least_excluded ? "longer than 0s and at most 365d" : "at most 365d",
                     describe(value), k.name(), k.example));
  out = *time;
}

void read(const node& value, const key& k, std::optional<duration>& out) {
  if (is_auto(value, k)) return out.reset();
  read(value, k, out.emplace());
}

/// 64MB, 500 kB or plain 64000000.
void read(const node& value, const key& k, byte_size& out) {
  if (value.kind != node_kind::scalar) fail_value(value, k);
  std::string_view amount(value.text);
  double unit = 1;
  for (const auto& [name, bytes] : byte_units) {
    if (!amount.ends_with(name)) continue;
    amount.remove_suffix(name.size());
    if (amount.ends_with(' ')) amount.remove_suffix(1);
    unit = bytes;
    break;
  }
  const auto number = parse_decimal(amount);
  if (!number || !is_allowed(*number * unit, k.allowed)) fail_value(value, k);
  out.bytes = static_cast<std::uint64_t>(*number * unit);
}

void read(const node& value, const key& k, header_list& out) {
  if (value.kind != node_kind::mapping) fail_value(value, k);
  out = read_headers(value);
}

void read(const node& value, const key& k, json_fragment& out) {
  if (value.kind != node_kind::mapping) fail_value(value, k);
  out = to_json(value);
}

void read(const node& value, const key& k, schema_source& out) {
  out = {};
  if (value.kind == node_kind::mapping) {
    out.text = to_json(value);
  } else {
    out.file = read_text(value, k);
  }
}

void read(const node& value, const key& k, models_source& out) {
  out = {};
  out.file = read_text(value, k);
}

/// 25 USD, $25 or plain 25.
void read(const node& value, const key& k, std::optional<money>& out) {
  if (is_auto(value, k)) return out.reset();
  if (value.kind != node_kind::scalar) fail_value(value, k);
  std::string_view amount(value.text);
  if (amount.starts_with('$')) {
    amount.remove_prefix(1);
  } else if (amount.ends_with("USD")) {
    amount.remove_suffix(3);
    if (amount.ends_with(' ')) amount.remove_suffix(1);
  }
  const auto number = parse_decimal(amount);
  if (!number || !is_allowed(*number, k.allowed)) fail_value(value, k);
  out = money::dollars(*number);
}

}  // namespace

void read_value(const node& value, const key& k, job_spec& spec) {
  if (value.kind == node_kind::null)
    fail(value.at, fmt::format("`{}` has no value; give one or remove the key", k.path));
  std::visit([&](auto* out) { read(value, k, *out); }, k.field(spec));
}

}  // namespace batchmill::spec
