// Builds the tree from yaml-cpp's events. The library's own tree would lose duplicate keys.
#include "runner/spec/tree_builder.hpp"

#include <fmt/format.h>
#include <yaml-cpp/mark.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "runner/spec/scalars.hpp"

namespace batchmill::spec {

namespace {

// Aliases of aliases can unfold a small file into a huge one.
constexpr std::size_t most_values = 100'000;

std::size_t count_values(const node& value) {
  return std::accumulate(value.items.begin(), value.items.end(), std::size_t{1},
                         [](std::size_t sum, const node& n) { return sum + count_values(n); });
}

/// `kind` is the name of the one tag that says nothing new.
void check_tag(const std::string& tag, std::string_view kind, const place& at) {
  constexpr std::string_view standard = "tag:yaml.org,2002:";
  if (tag.empty() || tag == "?" || tag == "!") return;
  if (tag.starts_with(standard)) {
    const auto name = std::string_view(tag).substr(standard.size());
    if (name == kind) return;
    fail(at, fmt::format("the tag `!!{}` is not supported; remove it", name));
  }
  fail(at, fmt::format("the tag `{}` is not supported; remove it", tag));
}

bool is_merge_key(const node& key) {
  return !key.quoted && key.text == "<<";
}

void merge(node& into, const node& from) {
  if (from.kind == node_kind::list) {
    for (const auto& item : from.items) merge(into, item);
    return;
  }
  if (from.kind != node_kind::mapping)
    fail(from.at, "`<<` merges mappings only; let it name one, as in `<<: *defaults`");
  for (std::size_t i = 0; i < from.keys.size(); ++i) {
    if (into.find(from.keys[i].text) != nullptr) continue;
    into.keys.push_back(from.keys[i]);
    into.items.push_back(from.items[i]);
  }
}

/// Replaces the merge key of a finished mapping by what it names.
void resolve_merge(node& mapping) {
  const auto key = std::find_if(mapping.keys.begin(), mapping.keys.end(), is_merge_key);
  if (key == mapping.keys.end()) return;
  const auto item = mapping.items.begin() + (key - mapping.keys.begin());
  const node from = std::move(*item);
  mapping.items.erase(item);
  mapping.keys.erase(key);
  merge(mapping, from);
}

}  // namespace

place tree_builder::at(const YAML::Mark& mark) const {
  return text_.at(mark.line, mark.column);
}

void tree_builder::OnDocumentStart(const YAML::Mark& mark) {
  if (++documents_ == 1) return;
  fail(at(mark), "a second document begins here; a job spec is one, so remove the `---` or `...`");
}

void tree_builder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  node value;
  value.at = at(mark);
  // The mark of a value that is not there is that of whatever comes next.
  const auto* parent = open_.empty() ? nullptr : &open_.back().value;
  if (parent != nullptr && parent->keys.size() > parent->items.size() &&
      parent->keys.back().at.mark.line != value.at.mark.line)
    value.at = parent->keys.back().at;
  add(std::move(value), anchor);
}

void tree_builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end())
    fail(at(mark), "an alias cannot stand inside the value that it names; write the value out");
  count(count_values(found->second), at(mark));
  node value = found->second;
  value.at = at(mark);
  add(std::move(value), YAML::NullAnchor);
}

void tree_builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                            const std::string& value) {
  node scalar;
  scalar.kind = node_kind::scalar;
  scalar.at = at(mark);
  scalar.text = value;
  scalar.quoted = tag != "?";
  last_scalar_ = text_.offset(mark.line, mark.column);
  check_tag(tag, "str", scalar.at);
  add(std::move(scalar), anchor);
}

void tree_builder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                   YAML::anchor_t anchor, YAML::EmitterStyle::value) {
  open(node_kind::list, mark, tag, anchor);
}

void tree_builder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                              YAML::EmitterStyle::value) {
  open(node_kind::mapping, mark, tag, anchor);
}

void tree_builder::open(node_kind kind, const YAML::Mark& mark, const std::string& tag,
                        YAML::anchor_t anchor) {
  node value;
  value.kind = kind;
  value.at = at(mark);
  check_tag(tag, kind == node_kind::list ? "seq" : "map", value.at);
  open_.push_back({std::move(value), anchor});
}

void tree_builder::close() {
  auto [value, anchor] = std::move(open_.back());
  open_.pop_back();
  resolve_merge(value);
  add(std::move(value), anchor);
}

void tree_builder::add(node value, YAML::anchor_t anchor) {
  count(1, value.at);
  if (anchor != YAML::NullAnchor) anchors_[anchor] = value;
  if (open_.empty()) {
    root_ = std::move(value);
    return;
  }
  auto& parent = open_.back().value;
  if (parent.kind == node_kind::mapping && parent.keys.size() == parent.items.size())
    return add_key(parent, std::move(value));
  parent.items.push_back(std::move(value));
}

void tree_builder::add_key(node& mapping, node key) {
  if (key.kind == node_kind::mapping)
    fail(key.at, "a mapping cannot be a key; put quotes around a template's \"{{ field }}\"");
  if (key.kind == node_kind::list)
    fail(key.at, "a list cannot be a key; put quotes around text that begins with `[`");
  if (key.kind == node_kind::null) fail(key.at, "a key is missing here; write one before the `:`");
  const auto same = [&](const node& other) { return other.text == key.text; };
  const auto first = std::find_if(mapping.keys.begin(), mapping.keys.end(), same);
  if (first != mapping.keys.end()) {
    const auto line = first->at.mark.line;
    fail(key.at, fmt::format("`{}` is given twice{}; keep one of them", in_one_line(key.text),
                             line == 0 ? "" : fmt::format(", first in line {}", line)));
  }
  mapping.keys.push_back(std::move(key));
}

void tree_builder::count(std::size_t values, const place& where) {
  size_ += values;
  if (size_ > most_values)
    fail(where, "the spec holds more than 100000 values here; is it the input instead of the job?");
}

std::optional<place> tree_builder::open_quote() const {
  const auto& text = text_.text();
  auto begin = last_scalar_;
  while (begin < text.size() && (text[begin] == '&' || text[begin] == '!')) {
    begin = text.find_first_of(" \n", begin);
    begin = std::min(text.find_first_not_of(" \n", begin), text.size());
  }
  if (begin >= text.size() || (text[begin] != '"' && text[begin] != '\'')) return {};
  if (!text_.open_quote(begin)) return {};
  return text_.at_offset(begin);
}

}  // namespace batchmill::spec
