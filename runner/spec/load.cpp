// From the file and the overrides to a job_spec in which everything is checked.
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/job_spec.hpp"
#include "runner/spec/keys.hpp"
#include "runner/spec/models_file.hpp"
#include "runner/spec/overrides.hpp"
#include "runner/spec/rules.hpp"
#include "runner/spec/scalars.hpp"
#include "runner/spec/secrets.hpp"
#include "runner/spec/section.hpp"
#include "runner/spec/unknown_key.hpp"
#include "runner/spec/values.hpp"
#include "runner/spec/yaml_file.hpp"
#include "runner/spec/yaml_tree.hpp"

namespace batchmill {

namespace {

using spec::node;
using spec::node_kind;

node parse_file(const std::string& path) {
  const spec::yaml_text text(spec::read_yaml_file(path, "name the job's YAML file"), path, true);
  auto root = spec::parse_yaml(text);
  if (!root || root->kind == node_kind::null)
    spec::fail(text.at(0, 0), "the file is empty; a job needs at least `input: {path: ...}`");
  if (root->kind != node_kind::mapping)
    spec::fail(root->at, fmt::format("a job is a mapping of keys, not {}; begin with `input:`",
                                     root->kind == node_kind::list ? "a list" : "one text"));
  return *std::move(root);
}

}  // namespace

void spec::read_section(const node& section, std::string_view path, job_spec& job) {
  if (section.kind == node_kind::null) return;  // all its keys are commented out
  if (section.kind == node_kind::scalar && section.text == "auto" && spec::may_be_auto(path))
    return;
  if (section.kind != node_kind::mapping) {
    const auto& first = *spec::keys_under(path).front();
    spec::fail(section.at, fmt::format("`{0}` must be a mapping of keys, not {1}; write for "
                                       "example `{0}: {{{2}: {3}}}`",
                                       path, section.kind == node_kind::list ? "a list" : "text",
                                       first.name(), first.example));
  }
  for (std::size_t i = 0; i < section.keys.size(); ++i) {
    const auto& name = section.keys[i];
    const auto* k = spec::find_key(spec::join_path(path, name.text));
    if (k == nullptr || k->parent() != path) spec::fail_unknown(name.at, path, name.text);
    if (k->is_section()) {
      read_section(section.items[i], k->path, job);
    } else {
      spec::read_value(section.items[i], *k, job);
    }
  }
}

void spec::collect_marks(const node& value, const std::string& path,
                         std::map<std::string, source_mark>& marks) {
  const bool from_file = value.at.mark.line != 0;
  const bool is_override = !from_file && *value.at.source == "--set " + path;
  if (!path.empty() && (from_file || is_override)) marks[path] = value.at.mark;
  if (is_override) return;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const auto name = value.kind == node_kind::list ? std::to_string(i) : value.keys[i].text;
    collect_marks(value.items[i], spec::join_path(path, name), marks);
  }
}

job_spec load_job_spec(const std::string& path, const std::vector<std::string>& overrides) {
  auto root = parse_file(path);
  for (const auto& setting : overrides) spec::apply_override(root, setting);
  spec::refuse_keys(root);
  job_spec job;
  job.file = path;
  spec::read_section(root, "", job);
  if (job.name.empty()) job.name = std::filesystem::path(path).stem().string();
  if (job.api.flavor == api_flavor::azure && spec::find_value(root, "api.key_env") == nullptr)
    job.api.key_env = "AZURE_OPENAI_API_KEY";
  if (!job.input.format && spec::takes_recordings(job)) job.input.format = row_format::files;
  if (job.output.path.empty()) {
    const bool matrix = job.output.format == output_format::npy;
    job.output.path = job.name + (matrix ? ".npy" : ".results.jsonl");
  }
  spec::check_together(job, root);
  spec::collect_marks(root, "", job.marks);
  if (!job.models.file.empty()) spec::read_models_file(job, *spec::find_value(root, "models"));
  return job;
}

}  // namespace batchmill
