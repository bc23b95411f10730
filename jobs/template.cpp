#include "jobs/template.hpp"

#include <algorithm>
#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/data_url.hpp"
#include "jobs/did_you_mean.hpp"
#include "jobs/escaped_text.hpp"

namespace batchmill::jobs {

namespace {

std::string place(const job_spec& spec, std::size_t string_index) {
  const auto& marks = spec.body_template.strings;
  if (string_index >= marks.size() || marks[string_index].line == 0) return spec.where("template");
  const source_mark m = marks[string_index];
  return spec.file + ":" + std::to_string(m.line) + ":" + std::to_string(m.column);
}

/// A step of a path that leads nowhere, and the names that it could have been.
struct dead_end {
  std::string wanted;
  std::vector<std::string> names;
};

std::optional<std::string_view> element(std::string_view array, std::size_t index) {
  std::optional<std::string_view> found;
  json::for_each_element(array, [&](std::string_view value) {
    if (index-- > 0) return true;
    found = value;
    return false;
  });
  return found;
}

/// Follows a path from its second step on; null where it ends early.
std::string_view follow(const placeholder& p, std::string_view value) {
  for (std::size_t i = 1; i < p.path.size() && value.data() != nullptr; ++i) {
    const auto* key = std::get_if<std::string>(&p.path[i]);
    const auto next = key ? json::member(value, *key) : element(value, std::get<1>(p.path[i]));
    value = next.value_or(std::string_view());
  }
  return value;
}

/// Walks the path once more, for the message only.
dead_end find_dead_end(const placeholder& p, std::string_view row) {
  std::string_view value = row;
  for (const auto& step : p.path) {
    const auto* key = std::get_if<std::string>(&step);
    const auto next = key ? json::member(value, *key) : element(value, std::get<1>(step));
    if (!next) return {key ? *key : "", key ? names_of(value) : std::vector<std::string>()};
    value = *next;
  }
  return {};
}

/// What takes the place of a missing value, as raw text that is valid there.
std::string fallback_text(const placeholder& p) {
  const std::string quoted = json::quote(p.fallback.value_or(""));
  if (p.as == placeholder::form::value) return quoted;
  return p.as == placeholder::form::json ? escaped(quoted) : escaped(p.fallback.value_or(""));
}

const char* kind_name(json::kind k) {
  switch (k) {
    case json::kind::object:
      return "an object";
    case json::kind::array:
      return "an array";
    default:
      return "null";
  }
}

row_problem no_field(const placeholder& p, std::string_view row, const std::string& where) {
  const dead_end end = find_dead_end(p, row);
  return {"missing_field", "no field '" + p.name + "' (template at " + where + ")" +
                               did_you_mean(end.wanted, end.names)};
}

row_problem no_text(const placeholder& p, json::kind kind, const std::string& where) {
  const std::string advice = kind == json::kind::null ? " | default(\"\") }} for an empty text"
                                                      : " | json }} to insert its JSON text";
  return {"invalid_field", "the field '" + p.name + "' is " + kind_name(kind) + " (template at " +
                               where + "); write {{ " + p.name + advice};
}

}  // namespace

body_template::body_template(const job_spec& spec, field_set& fields) {
  if (json::kind_of(spec.body_template.text) != json::kind::object) {
    throw usage_error(spec.where("template") +
                      ": the template must be a mapping: the keys of the "
                      "request body");
  }
  compile_value(spec.body_template.text, spec, fields);
}

void body_template::compile_value(std::string_view raw, const job_spec& spec, field_set& fields) {
  const json::kind kind = json::kind_of(raw);
  bool first = true;
  const auto separate = [&] { tail_ += std::exchange(first, false) ? "" : ","; };
  if (kind == json::kind::object) {
    tail_ += '{';
    json::for_each_member(raw, [&](std::string_view key, std::string_view value) {
      separate();
      tail_.append(key).append(":");
      compile_value(value, spec, fields);
      return true;
    });
    tail_ += '}';
  } else if (kind == json::kind::array) {
    tail_ += '[';
    json::for_each_element(raw, [&](std::string_view value) {
      separate();
      compile_value(value, spec, fields);
      return true;
    });
    tail_ += ']';
  } else if (kind == json::kind::string) {
    compile_string(raw, place(spec, strings_seen_++), fields);
  } else {
    tail_ += raw;
  }
}

void body_template::compile_string(std::string_view raw, const std::string& where,
                                   field_set& fields) {
  if (compile_whole(raw, where, fields)) return;
  tail_ += '"';
  std::string_view rest = raw.substr(1, raw.size() - 2);
  while (const auto found = first_placeholder(rest, where)) {
    tail_ += found->before;
    placeholder p = parse_placeholder(found->expression, where);
    if (p.as == placeholder::form::value) {
      throw usage_error(where + ": {{" + found->expression +
                        "}} must be all of its string, because `value` replaces the string");
    }
    add(std::move(p), where, fields);
    rest = found->after;
  }
  tail_ += rest;
  tail_ += '"';
}

/// A string that is one {{ field | value }} and nothing else.
bool body_template::compile_whole(std::string_view raw, const std::string& where,
                                  field_set& fields) {
  const auto found = first_placeholder(raw.substr(1, raw.size() - 2), where);
  if (!found || !found->before.empty() || !found->after.empty()) return false;
  placeholder p = parse_placeholder(found->expression, where);
  if (p.as != placeholder::form::value) return false;
  add(std::move(p), where, fields);
  return true;
}

void body_template::add(placeholder insert, const std::string& where, field_set& fields) {
  std::string fallback = fallback_text(insert);
  if (insert.path.empty()) {
    tail_ += fallback;
    return;
  }
  const std::size_t field = fields.add(std::get<std::string>(insert.path.front()));
  pieces_.push_back(
      {std::exchange(tail_, {}), std::move(insert), field, std::move(fallback), where});
}

std::size_t body_template::size() const {
  std::size_t size = tail_.size();
  for (const piece& p : pieces_) size += p.literal.size();
  return size;
}

bool body_template::takes_files() const {
  return std::any_of(pieces_.begin(), pieces_.end(),
                     [](const piece& p) { return p.insert.as == placeholder::form::data_url; });
}

std::optional<row_problem> body_template::render(std::string_view row,
                                                 const std::vector<std::string_view>& values,
                                                 const std::string& root, std::string& out) const {
  for (const piece& p : pieces_) {
    out += p.literal;
    const std::string_view value = follow(p.insert, values[p.field]);
    if (auto problem = insert(p, row, value, root, out)) return problem;
  }
  out += tail_;
  return std::nullopt;
}

std::optional<row_problem> body_template::insert(const piece& p, std::string_view row,
                                                 std::string_view value, const std::string& root,
                                                 std::string& out) {
  const bool missing = value.data() == nullptr;
  const json::kind kind = json::kind_of(value);
  if (p.insert.fallback && (missing || kind == json::kind::null)) {
    out += p.fallback;
    return std::nullopt;
  }
  if (missing) return no_field(p.insert, row, p.where);
  if (p.insert.as == placeholder::form::data_url) return insert_file(p, value, root, out);
  if (p.insert.as == placeholder::form::value) {
    out += value;
  } else if (p.insert.as == placeholder::form::json) {
    out += escaped(value);
  } else if (kind == json::kind::string) {
    const std::string_view contents = value.substr(1, value.size() - 2);
    out += p.insert.trim ? trimmed(contents) : contents;
  } else if (kind == json::kind::number || kind == json::kind::boolean) {
    out += value;
  } else {
    return no_text(p.insert, kind, p.where);
  }
  return std::nullopt;
}

std::optional<row_problem> body_template::insert_file(const piece& p, std::string_view value,
                                                      const std::string& root, std::string& out) {
  const auto name = json::unquote(value);
  if (!name) {
    return row_problem("invalid_field", "the field '" + p.insert.name +
                                            "' is not the path of a file (template at " + p.where +
                                            ")");
  }
  const row_file_result url = image_data_url(root, *name);
  if (!url) return url.error();
  out += *url;
  return std::nullopt;
}

}  // namespace batchmill::jobs
