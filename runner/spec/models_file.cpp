#include "runner/spec/models_file.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "runner/spec/json_text.hpp"
#include "runner/spec/yaml_file.hpp"
#include "runner/spec/yaml_tree.hpp"

namespace batchmill::spec {

namespace {

/// The places by JSON pointer: names of models may hold dots.
void collect(const node& value, const std::string& path, std::map<std::string, source_mark>& to) {
  to[path] = value.at.mark;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const auto name = value.kind == node_kind::list ? std::to_string(i) : value.keys[i].text;
    collect(value.items[i], path + "/" + name, to);
  }
}

}  // namespace

void read_models_file(job_spec& job, const node& key) {
  models_source& models = job.models;
  models.file = job.resolve(models.file);
  if (!std::filesystem::exists(models.file))
    fail(key.at, fmt::format("there is no file {}; check `models`", models.file));
  const yaml_text text(read_yaml_file(models.file, "name a YAML file of models"), models.file,
                       true);
  const auto root = parse_yaml(text);
  if (!root || root->kind != node_kind::mapping)
    fail(root ? root->at : text.at(0, 0),
         "the file must be a mapping; write for example `models: {my-model: {context: 128000}}`");
  models.json = to_json(*root).text;
  collect(*root, "", models.marks);
}

}  // namespace batchmill::spec
