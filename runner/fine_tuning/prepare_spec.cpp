// The YAML of `batchmill finetune prepare`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <initializer_list>
#include <limits>

#include "batchmill/error.hpp"
#include "batchmill/fine_tuning_data.hpp"
#include "batchmill/nearest_name.hpp"
#include "runner/spec/json_text.hpp"
#include "runner/spec/scalars.hpp"
#include "runner/spec/yaml_file.hpp"
#include "runner/spec/yaml_tree.hpp"

namespace batchmill::fine_tuning {

namespace {

using spec::fail;
using spec::node;
using spec::node_kind;
using names = std::vector<std::string_view>;

/// "; did you mean `x`?", or what there is.
std::string advice(std::string_view wrong, const names& known) {
  const std::string_view near = nearest_name(wrong, known);
  if (!near.empty()) return fmt::format("did you mean `{}`?", near);
  return fmt::format("there is `{}`", fmt::join(known, "`, `"));
}

const node& mapping(const node& value, std::string_view what, const names& known) {
  if (value.kind != node_kind::mapping) {
    fail(value.at,
         fmt::format("{} must be a mapping with the keys `{}`", what, fmt::join(known, "`, `")));
  }
  for (const node& key : value.keys) {
    if (std::ranges::find(known, key.text) != known.end()) continue;
    fail(key.at, fmt::format("unknown key `{}`; {}", key.text, advice(key.text, known)));
  }
  return value;
}

std::string text(const node& value, std::string_view key) {
  if (value.kind != node_kind::scalar || value.text.empty()) {
    fail(value.at, fmt::format("`{}` must be a text that is not empty", key));
  }
  return value.text;
}

std::string one_of(const node& value, std::string_view key, const names& known) {
  std::string word = text(value, key);
  if (std::ranges::find(known, word) == known.end()) {
    fail(value.at,
         fmt::format("`{}` cannot be {}; {}", key, spec::describe(value), advice(word, known)));
  }
  return word;
}

std::uint64_t whole(const node& value, std::string_view key, std::uint64_t least) {
  const auto number = value.kind == node_kind::scalar && !value.quoted
                          ? spec::parse_decimal(value.text)
                          : std::nullopt;
  constexpr double most = 1e15;
  if (!number || *number < static_cast<double>(least) || *number > most ||
      *number != static_cast<double>(static_cast<std::uint64_t>(*number))) {
    fail(value.at, fmt::format("`{}` must be a whole number from {} on, not {}", key, least,
                               spec::describe(value)));
  }
  return static_cast<std::uint64_t>(*number);
}

constexpr std::array kinds = {"rows", "table", "run", "completions", "examples"};

source_spec read_source(const node& value) {
  mapping(value, "a source",
          {"rows", "table", "run", "completions", "examples", "template", "system", "answers"});
  source_spec source;
  std::size_t given = 0;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const node* path = value.find(kinds[i]);
    if (path == nullptr) continue;
    ++given;
    source.kind = static_cast<source_kind>(i);
    source.path = text(*path, kinds[i]);
    source.mark = path->at.mark;
  }
  if (given != 1) {
    fail(value.at, fmt::format("a source has one of `{}`, not {}", fmt::join(kinds, "`, `"),
                               given == 0 ? "none" : "several"));
  }
  const node* body = value.find("template");
  const bool takes_template = source.kind == source_kind::rows ||
                              source.kind == source_kind::table || source.kind == source_kind::run;
  if (body != nullptr && !takes_template) {
    fail(body->at, "`template` is for rows, tables and runs; remove it");
  }
  if (body == nullptr && takes_template && source.kind != source_kind::run) {
    fail(value.at,
         "the source needs a `template` that makes an example of each row, such as "
         "{messages: [{role: user, content: \"{{ text }}\"}, ...]}");
  }
  if (body != nullptr) {
    if (body->kind != node_kind::mapping) fail(body->at, "`template` must be a mapping");
    source.body_template = spec::to_json(*body);
  }
  if (const node* answers = value.find("answers")) {
    if (source.kind != source_kind::run) fail(answers->at, "`answers` is for runs; remove it");
    source.answers = text(*answers, "answers");
  }
  if (const node* system = value.find("system")) {
    if (source.kind != source_kind::completions) {
      fail(system->at, "`system` is for completions; put it into the `template`");
    }
    source.system = text(*system, "system");
  }
  return source;
}

void read_sources(const node& value, prepare_spec& to) {
  if (value.kind != node_kind::list || value.items.empty()) {
    fail(value.at, "`sources` must be a list; write for example `- rows: tickets.jsonl`");
  }
  for (const node& item : value.items) to.sources.push_back(read_source(item));
}

/// 10%, 0.1, or a whole number of examples.
void read_validation(const node& value, prepare_spec& to) {
  const bool percent = value.text.ends_with('%');
  const auto number =
      value.kind == node_kind::scalar
          ? spec::parse_decimal(std::string_view(value.text).substr(0, value.text.size() - percent))
          : std::nullopt;
  const double share = number ? *number / (percent ? 100 : 1) : -1;
  if (!percent && share >= 1) {
    to.validation_count = whole(value, "validation", 1);
  } else if (share >= 0 && share <= 0.9) {
    to.validation_share = share;
  } else {
    fail(value.at, fmt::format("`validation` must be a share such as 10%, at most 90%, or a number "
                               "of examples, not {}",
                               spec::describe(value)));
  }
}

void read_split(const node& value, prepare_spec& to) {
  mapping(value, "`split`", {"validation", "by"});
  if (const node* share = value.find("validation")) read_validation(*share, to);
  if (const node* by = value.find("by")) to.split_by = text(*by, "by");
}

void read_too_long(const node& value, prepare_spec& to) {
  const node* rule = &value;
  if (value.kind == node_kind::mapping) {
    mapping(value, "`too_long`", {"tokens", "then"});
    if (const node* tokens = value.find("tokens")) {
      to.most_tokens = static_cast<std::int64_t>(whole(*tokens, "tokens", 1));
    }
    rule = value.find("then");
  }
  if (rule == nullptr) fail(value.at, "`too_long` needs `then`: drop or trim");
  const std::string word = one_of(*rule, "too_long", {"keep", "drop", "trim"});
  to.too_long = word == "keep"   ? too_long_rule::keep
                : word == "drop" ? too_long_rule::drop
                                 : too_long_rule::trim;
  if (to.too_long != too_long_rule::keep && !to.most_tokens && to.model.empty()) {
    fail(rule->at,
         "how long is too long? Name a `model`, or write `too_long: {tokens: 4096, then: "
         "drop}`");
  }
}

void read_mask(const node& value, prepare_spec& to) {
  if (value.kind != node_kind::list) {
    fail(value.at, "`mask` must be a list of rules: earlier_answers, refusals, {containing: text}");
  }
  for (const node& rule : value.items) {
    if (rule.kind == node_kind::mapping) {
      mapping(rule, "a rule", {"containing"});
      const node* part = rule.find("containing");
      if (part == nullptr) fail(rule.at, "the rule is empty; write {containing: text}");
      to.mask.containing.push_back(text(*part, "containing"));
      continue;
    }
    const std::string word = one_of(rule, "mask", {"earlier_answers", "refusals"});
    (word == "refusals" ? to.mask.refusals : to.mask.earlier_answers) = true;
  }
}

method read_method(const node& value) {
  return *method_named(
      one_of(value, "format", {"supervised", "dpo", "reinforcement", "completion"}));
}

void read_root(const node& root, prepare_spec& to) {
  mapping(
      root, "a spec",
      {"format", "model", "seed", "sources", "split", "duplicates", "too_long", "mask", "output"});
  const auto with = [&](const char* key, auto read) {
    const node* value = root.find(key);
    if (value == nullptr) return;
    if (value->kind == node_kind::null) {
      fail(value->at, fmt::format("`{}` has no value; give one or remove the key", key));
    }
    read(*value);
  };
  with("format", [&](const node& v) { to.how = read_method(v); });
  with("model", [&](const node& v) { to.model = text(v, "model"); });
  with("seed", [&](const node& v) { to.seed = whole(v, "seed", 0); });
  with("sources", [&](const node& v) { read_sources(v, to); });
  with("split", [&](const node& v) { read_split(v, to); });
  with("duplicates", [&](const node& v) {
    to.remove_duplicates = one_of(v, "duplicates", {"remove", "keep"}) == "remove";
  });
  with("too_long", [&](const node& v) { read_too_long(v, to); });
  with("mask", [&](const node& v) { read_mask(v, to); });
  with("output", [&](const node& v) { to.output = text(v, "output"); });
  if (to.sources.empty()) fail(root.at, "there are no `sources`; write where the rows come from");
  const node* mask = root.find("mask");
  if (mask != nullptr && to.how != method::supervised) {
    fail(mask->at, "`mask` sets weights, which only the format supervised has; remove it");
  }
  for (const source_spec& source : to.sources) {
    const bool makes_chats = source.kind == source_kind::completions ||
                             (source.kind == source_kind::run && source.body_template.text.empty());
    if (makes_chats && to.how != method::supervised) {
      throw usage_error(to.where(source) +
                        ": this source makes conversations, for the format supervised; give it a "
                        "`template` or another format");
    }
  }
}

}  // namespace

std::string prepare_spec::resolve(const std::string& path) const {
  if (path.empty() || std::filesystem::path(path).is_absolute()) return path;
  return (std::filesystem::path(file).parent_path() / path).string();
}

std::string prepare_spec::where(const source_spec& source) const {
  return fmt::format("{}:{}:{}", file, source.mark.line, source.mark.column);
}

prepare_spec load_prepare_spec(const std::string& path) {
  const spec::yaml_text text(spec::read_yaml_file(path, "name the YAML file"), path, true);
  const auto root = spec::parse_yaml(text);
  if (!root || root->kind == node_kind::null) {
    fail(text.at(0, 0), "the file is empty; it needs at least `sources:`");
  }
  prepare_spec result;
  result.file = path;
  read_root(*root, result);
  return result;
}

}  // namespace batchmill::fine_tuning
